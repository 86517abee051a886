using System.Text;
using MediaServer.Contracts;

namespace MediaServer.Server.Tests;

/// <summary>Bytes that no SignalR client sends. The server may hang up on their author; nobody else notices.</summary>
public sealed class HostileFrameTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int TenMegabytes = 10 * 1024 * 1024;

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"protocol":"xml","version":1}""")]
    [InlineData("""{"protocol":"json","version":999}""")]
    [InlineData("""{"protocol":null,"version":null}""")]
    public async Task A_wrong_handshake_is_refused(string handshake)
    {
        await using var raw = await RawHubConnection.Open(shared.Url, protocol: null);
        await raw.SendText(handshake);
        var answer = await raw.Receive();
        Assert.True(answer is null || answer.Contains("error", StringComparison.Ordinal), answer);
        await shared.AssertWell();
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("""{"type":"1","target":"Leave","arguments":[]}""")]
    [InlineData("""{"type":1,"target":null,"arguments":[]}""")]
    [InlineData("""{"type":1,"invocationId":"1","target":"Leave"}""")]
    [InlineData("""{"type":1,"invocationId":"1","target":"Leave","arguments":{}}""")]
    [InlineData("""{"type":1,"invocationId":7,"target":"Leave","arguments":[]}""")]
    [InlineData("""{"type":1,"invocationId":"1","target":"Join","arguments":[{"code":"abc-defg-hjk","displayName":5,"devices":[]}]}""")]
    [InlineData("""{"type":1,"invocationId":"1","target":"Join","arguments":[{"code":"\ud800","displayName":"\udfff","devices":{"microphone":true,"camera":true,"screen":true}}]}""")]
    [InlineData("""{"type":1,"invocationId":"1","target":"Leave","arguments":[],"streamIds":["a","b"]}""")]
    [InlineData("""{"type":2,"invocationId":"none","item":1}""")]
    [InlineData("""{"type":3,"invocationId":"none","result":1}""")]
    [InlineData("""{"type":4,"invocationId":"1","target":"Leave","arguments":[]}""")]
    [InlineData("""{"type":5,"invocationId":"none"}""")]
    [InlineData("""{"type":8,"sequenceId":-1}""")]
    [InlineData("""{"type":9,"sequenceId":99999999999}""")]
    [InlineData("\u001e\u001e\u001e")]
    public async Task Wrong_JSON_messages_hurt_nobody_else(string message)
    {
        await using var raw = await RawHubConnection.Open(shared.Url, "json");
        await raw.SendText(message);
        await raw.SendText("""{"type":1,"invocationId":"last","target":"Leave","arguments":[]}""");
        var answer = await raw.ReceiveUntil(text => text.Contains("\"last\"", StringComparison.Ordinal) || text.Contains("\"type\":7", StringComparison.Ordinal));
        Assert.True(answer == "hung up" || answer.Contains(ErrorCodes.NotJoined, StringComparison.Ordinal) || answer.Contains("\"type\":7", StringComparison.Ordinal), answer);
        await shared.AssertWell();
    }

    public static TheoryData<string> DeepShapes => new("[", """{"a":""", """{"code":""");

    [Theory]
    [MemberData(nameof(DeepShapes))]
    public async Task JSON_nested_without_end_does_not_exhaust_the_stack(string opening)
    {
        await using var raw = await RawHubConnection.Open(shared.Url, "json");
        var nested = string.Concat(Enumerable.Repeat(opening, 100_000 / opening.Length));
        await raw.SendText($$"""{"type":1,"invocationId":"1","target":"Join","arguments":[{{nested}}""");
        await shared.AssertWell();
    }

    /// <summary>0x91: an array of one; 0x81 0xA0: a map of one, under the empty name; 0xDD and 0xDF: two thousand million of them, they say.</summary>
    [Theory]
    [InlineData(new byte[] { 0x91 }, 400_000)]
    [InlineData(new byte[] { 0x81, 0xA0 }, 200_000)]
    [InlineData(new byte[] { 0xDD, 0x7F, 0xFF, 0xFF, 0xFF }, 1)]
    [InlineData(new byte[] { 0xDF, 0x7F, 0xFF, 0xFF, 0xFF }, 1)]
    [InlineData(new byte[] { 0xDB, 0x7F, 0xFF, 0xFF, 0xFF }, 1)]
    [InlineData(new byte[] { 0xC6, 0x7F, 0xFF, 0xFF, 0xFF }, 1)]
    [InlineData(new byte[] { 0xC1 }, 1)]
    [InlineData(new byte[] { 0xD4, 0x01, 0x00 }, 1)]
    public async Task MessagePack_nested_or_counted_without_end_takes_neither_stack_nor_memory(byte[] opening, int times)
    {
        await using var raw = await RawHubConnection.Open(shared.Url, "messagepack");
        byte[] hostile = [.. Enumerable.Repeat(opening, times).SelectMany(b => b)];

        // [1, {}, "1", target, [argument]]
        byte[] invocation = [0x95, 0x01, 0x80, 0xA1, (byte)'1', 0xA4, .. "Join"u8, 0x91];
        var before = GC.GetTotalAllocatedBytes();
        await raw.SendMessagePack([.. invocation, .. hostile]);
        await raw.SendMessagePack(hostile);
        await shared.AssertWell();
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 500_000_000);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x00 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x01 })]
    [InlineData(new byte[] { 0x02, 0x91, 0x06, 0x02, 0x91 })]
    [InlineData(new byte[] { 0x01, 0xC0 })]
    public async Task Wrong_frames_hurt_nobody_else(byte[] bytes)
    {
        await using var raw = await RawHubConnection.Open(shared.Url, "messagepack");
        await raw.SendBytes(bytes);
        await shared.AssertWell();
    }

    [Fact]
    public async Task Random_bytes_hurt_nobody_else()
    {
        var random = new Random(11);
        for (var i = 0; i < 40; i++)
        {
            await using var raw = await RawHubConnection.Open(shared.Url, i % 2 == 0 ? "json" : "messagepack");
            for (var j = 0; j < 20; j++)
            {
                var bytes = new byte[random.Next(300)];
                random.NextBytes(bytes);
                if (!(i % 2 == 0 ? await raw.SendText(Encoding.Latin1.GetString(bytes)) : await raw.SendMessagePack(bytes)))
                {
                    break;
                }
            }
        }

        await shared.AssertWell();
    }

    [Theory]
    [InlineData("json")]
    [InlineData("messagepack")]
    public async Task Ten_megabytes_end_the_connection_of_their_author_only(string protocol)
    {
        var code = await HubClient.CreateMeeting(shared.Url);
        await using var neighbour = await HubClient.Connect(shared.Url);
        await neighbour.Join(code, "Neighbour");
        await using var raw = await RawHubConnection.Open(shared.Url, protocol);
        if (protocol == "json")
        {
            await raw.SendText($$"""{"type":1,"invocationId":"1","target":"CreateMeeting","arguments":[{"title":"{{new string('x', TenMegabytes)}}"}]}""");
        }
        else
        {
            await raw.SendMessagePack([0x95, 0x01, 0x80, 0xA1, (byte)'1', 0xAD, .. "CreateMeeting"u8, 0x91, 0xDB, 0x00, 0xA0, 0x00, 0x00, .. new byte[TenMegabytes]]);
        }

        await raw.AssertHungUp();
        Assert.Null((await neighbour.Call<Done>(nameof(IMeetingHub.SetDeviceState), new DeviceState(true, false, false))).Error);
        await shared.AssertWell();
    }

    /// <summary>Calls to which no answer is wanted come faster than any that wait for theirs.</summary>
    [Fact]
    public async Task A_flood_without_waiting_keeps_nobody_else_waiting()
    {
        await using var raw = await RawHubConnection.Open(shared.Url, "json");
        var burst = string.Join('\u001e', Enumerable.Repeat("""{"type":1,"target":"LookUpMeeting","arguments":[{"code":"abc-defg-hjk"}]}""", 200));
        for (var i = 0; i < 100 && await raw.SendText(burst); i++)
        {
        }

        await shared.AssertWell();
    }

    [Fact]
    public async Task Many_who_never_say_hello_or_hang_up_at_once_leave_nothing_behind()
    {
        for (var i = 0; i < 50; i++)
        {
            await using var silent = await RawHubConnection.Open(shared.Url, protocol: null);
            await using var brief = await RawHubConnection.Open(shared.Url, "json");
            await brief.SendText("""{"type":1,"invocationId":"1","target":"CreateMeeting","arguments":[{"title":"x"}]}""");
        }

        await shared.AssertWell();
    }
}
