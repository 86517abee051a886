using CsCheck;
using MediaServer.Contracts;
using MediaServer.LoadTest.Signalling;
using MessagePack;
using MessagePack.Resolvers;

namespace MediaServer.LoadTest.Tests.Signalling;

public sealed class HubFrameTests
{
    private static readonly MessagePackSerializerOptions Options = MessagePackSerializerOptions.Standard.WithResolver(
        CompositeResolver.Create(DynamicEnumAsStringResolver.Instance, ContractlessStandardResolver.Instance));

    [Fact]
    public void Messages_come_out_as_they_went_in_however_the_stream_is_cut() =>
        Gen.Byte.Array[0, 20_000].Array[1, 5].Select(Gen.Int[1, 3000]).Sample((messages, piece) =>
        {
            var stream = messages.SelectMany(m =>
            {
                var prefix = new byte[5];
                return prefix[..HubFrame.WriteLength(prefix, m.Length)].Concat(m);
            }).ToArray();
            var found = new List<byte[]>();
            ReadOnlyMemory<byte> rest = default;
            foreach (var chunk in stream.Chunk(piece))
            {
                rest = rest.ToArray().Concat(chunk).ToArray();
                while (HubFrame.TryRead(ref rest, out var message))
                {
                    found.Add(message.ToArray());
                }
            }

            Assert.Equal(messages, found);
            Assert.True(rest.IsEmpty);
        }, iter: 50);

    [Fact]
    public void An_invocation_holds_what_the_hub_expects()
    {
        ReadOnlyMemory<byte> bytes = HubFrame.Invocation("7", "Join", new JoinRequest("abc", "Anna", new DeviceState(true, false, false), null));
        Assert.True(HubFrame.TryRead(ref bytes, out var message));
        var reader = new MessagePackReader(message);

        Assert.Equal(6, reader.ReadArrayHeader());
        Assert.Equal(1, reader.ReadInt32());
        Assert.Equal(0, reader.ReadMapHeader());
        Assert.Equal("7", reader.ReadString());
        Assert.Equal("Join", reader.ReadString());
        Assert.Equal(1, reader.ReadArrayHeader());
        Assert.Equal("Anna", MessagePackSerializer.Deserialize<JoinRequest>(ref reader, Options).DisplayName);
        Assert.Equal(0, reader.ReadArrayHeader());
        Assert.True(reader.End);
    }

    [Fact]
    public void Texts_are_read_out_of_a_result_and_the_rest_is_skipped()
    {
        var joined = new Dictionary<string, object?>
        {
            ["Meeting"] = new Dictionary<string, object?> { ["Code"] = "abc-defg-hjk" },
            ["ParticipantId"] = "p1",
            ["ResumeToken"] = "token",
            ["Sequence"] = 3L,
            ["Participants"] = new object[] { new Dictionary<string, object?> { ["Id"] = "p1", ["DisplayName"] = "Anna" } },
        };
        var texts = HubReply.Read("Join", MessagePackSerializer.Serialize(new Dictionary<string, object?> { ["Value"] = joined, ["Error"] = null }, Options));

        Assert.Equal("p1", texts["ParticipantId"]);
        Assert.Equal("token", texts["ResumeToken"]);
        Assert.DoesNotContain("Participants", texts.Keys);
    }

    [Fact]
    public void A_refusal_names_method_and_code()
    {
        var bytes = MessagePackSerializer.Serialize(new HubResult<Done>(null, new HubError("meeting_full", "No room left.")), Options);
        var refused = Assert.Throws<RefusedException>(() => HubReply.Read("Join", bytes));

        Assert.Equal("meeting_full", refused.Code);
        Assert.Contains("Join", refused.Message, StringComparison.Ordinal);
    }
}
