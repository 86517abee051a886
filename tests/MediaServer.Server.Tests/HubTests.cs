using MediaServer.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace MediaServer.Server.Tests;

/// <summary>The hub's answers, over both protocols, against the real server.</summary>
public sealed class HubTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_meeting_is_created_found_joined_and_left(bool messagePack)
    {
        await using var server = await RunningServer.Start();
        await using var anna = await HubClient.Connect(server.Url, messagePack);
        var created = (await anna.Call<MeetingInfo>(nameof(IMeetingHub.CreateMeeting), new CreateMeetingRequest("Физика, 9 «Б»"))).Value!;
        Assert.Matches("^[a-z]{3}-[a-z]{4}-[a-z]{3}$", created.Code);

        var typed = created.Code.ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal);
        var found = (await anna.Call<MeetingInfo>(nameof(IMeetingHub.LookUpMeeting), new LookUpMeetingRequest(typed))).Value!;
        Assert.Equal((created.Code, "Физика, 9 «Б»", 0), (found.Code, found.Title, found.ParticipantCount));

        var joined = (await anna.Join(created.Code, "  Анна Петрова ")).Value!;
        Assert.Equal("Анна Петрова", Assert.Single(joined.Participants).DisplayName);
        Assert.Equal((3, 49), (joined.AudioSlots, joined.MaxVideoSlots));

        await using var boris = await HubClient.Connect(server.Url, messagePack);
        var second = (await boris.Join(created.Code, "Борис")).Value!;
        Assert.Equal(2, second.Participants.Count);
        await Eventually.True(() => AllJoined(anna).Any(p => p.DisplayName == "Борис" && p.Number == 2), "Anna is told that Boris came");

        Assert.Null((await boris.Call<DeviceState>(nameof(IMeetingHub.SetDeviceState), new DeviceState(true, false, false))).Error);
        await Eventually.True(() => AllUpdated(anna).Any(p => p.Id == second.ParticipantId && p.Devices.Microphone), "Anna is told of his microphone");

        Assert.Null((await boris.Call<Done>(nameof(IMeetingHub.Leave))).Error);
        await Eventually.True(() => AllLeft(anna).Contains(second.ParticipantId), "Anna is told that he left");
    }

    [Fact]
    public async Task Refusals_have_codes()
    {
        await using var server = await RunningServer.Start();
        var code = await HubClient.CreateMeeting(server.Url);
        await using var hub = await HubClient.Connect(server.Url);

        Assert.Equal(ErrorCodes.MeetingNotFound, (await hub.Call<MeetingInfo>(nameof(IMeetingHub.LookUpMeeting), new LookUpMeetingRequest("zzz-zzzz-zzz"))).Error!.Code);
        Assert.Equal(ErrorCodes.MeetingNotFound, (await hub.Join("'; drop table meetings; --", "Anna")).Error!.Code);
        Assert.Equal(ErrorCodes.MeetingNotFound, (await hub.Join("zzz-zzzz-zzz", "Anna")).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidArgument, (await hub.Join(code, "   ")).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidArgument, (await hub.Join(code, null)).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidArgument, (await hub.Join(code, new string('x', 81))).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidArgument, (await hub.Call<MeetingInfo>(nameof(IMeetingHub.CreateMeeting), [null])).Error!.Code);
        Assert.Equal(ErrorCodes.ResumeTokenInvalid, (await hub.Join(code, "Anna", "bm90.YXRva2Vu")).Error!.Code);
        Assert.Equal(ErrorCodes.NotJoined, (await hub.Call<Done>(nameof(IMeetingHub.Leave))).Error!.Code);
        Assert.Equal(ErrorCodes.NotJoined, (await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest("v=0", [], true))).Error!.Code);

        Assert.Null((await hub.Join(code, "Anna")).Error);
        Assert.Equal(ErrorCodes.SdpInvalid, (await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest("nonsense", [], true))).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidArgument, (await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest(null!, null!, true))).Error!.Code);
        Assert.Equal(ErrorCodes.SlotUnknown, (await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([new SlotChoice("9", null, MediaSource.Camera, 1, 1)]))).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidArgument, (await hub.Join(code, "Twice")).Error!.Code);
    }

    [Fact]
    public async Task Messages_that_are_not_of_the_contract_leave_the_connection_usable()
    {
        await using var server = await RunningServer.Start();
        await using var hub = await HubClient.Connect(server.Url);

        await Assert.ThrowsAsync<HubException>(() => hub.Call<Done>("NoSuchMethod"));
        await Assert.ThrowsAsync<HubException>(() => hub.Call<MeetingInfo>(nameof(IMeetingHub.CreateMeeting), 5, "two", 3.0));
        await Assert.ThrowsAsync<HubException>(() => hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new { slots = 7 }));

        Assert.NotNull((await hub.Call<MeetingInfo>(nameof(IMeetingHub.CreateMeeting), new CreateMeetingRequest(null))).Value);
    }

    [Fact]
    public async Task A_flood_of_calls_is_refused()
    {
        await using var server = await RunningServer.Start();
        await using var hub = await HubClient.Connect(server.Url);
        var calls = Enumerable.Range(0, 200).Select(_ => hub.Call<Done>(nameof(IMeetingHub.Leave)));
        var results = await Task.WhenAll(calls);
        Assert.Contains(results, r => r.Error!.Code == ErrorCodes.RateLimited);
        Assert.Contains(results, r => r.Error!.Code == ErrorCodes.NotJoined);
    }

    [Fact]
    public async Task The_same_participant_from_another_tab_replaces_the_first()
    {
        await using var server = await RunningServer.Start();
        var code = await HubClient.CreateMeeting(server.Url);
        await using var first = await HubClient.Connect(server.Url);
        var joined = (await first.Join(code, "Anna")).Value!;
        await using var second = await HubClient.Connect(server.Url);
        var again = (await second.Join(code, "somebody else", joined.ResumeToken)).Value!;

        Assert.Equal(joined.ParticipantId, again.ParticipantId);
        Assert.Equal("Anna", Assert.Single(again.Participants).DisplayName);
        await Eventually.True(() => first.Ended.Any(n => n.Code == "replaced"), "the first tab is told");
        Assert.Equal(ErrorCodes.NotJoined, (await first.Call<Done>(nameof(IMeetingHub.SetDeviceState), new DeviceState(true, true, true))).Error!.Code);
    }

    [Fact]
    public async Task A_token_of_another_meeting_opens_nothing()
    {
        await using var server = await RunningServer.Start();
        var (here, there) = (await HubClient.CreateMeeting(server.Url), await HubClient.CreateMeeting(server.Url));
        await using var hub = await HubClient.Connect(server.Url);
        var token = (await hub.Join(here, "Anna")).Value!.ResumeToken;
        await using var other = await HubClient.Connect(server.Url);
        Assert.Equal(ErrorCodes.ResumeTokenInvalid, (await other.Join(there, "Anna", token)).Error!.Code);
    }

    [Fact]
    public async Task A_lost_connection_shows_and_heals()
    {
        await using var server = await RunningServer.Start();
        var code = await HubClient.CreateMeeting(server.Url);
        await using var watcher = await HubClient.Connect(server.Url);
        await watcher.Join(code, "Watcher");
        var lost = await HubClient.Connect(server.Url);
        var joined = (await lost.Join(code, "Anna")).Value!;
        await lost.DisposeAsync();
        await Eventually.True(() => AllShown(watcher).LastOrDefault(p => p.Id == joined.ParticipantId)?.Connected == false, "the loss is shown");
        await using var back = await HubClient.Connect(server.Url);
        Assert.Equal(joined.ParticipantId, (await back.Join(code, "Anna", joined.ResumeToken)).Value!.ParticipantId);
        await Eventually.True(() => AllShown(watcher).LastOrDefault(p => p.Id == joined.ParticipantId)?.Connected == true, "and the return");
        Assert.DoesNotContain(joined.ParticipantId, AllLeft(watcher));
    }

    private static List<Participant> AllJoined(HubClient client) => Flatten(client, d => d.Joined);

    private static List<Participant> AllUpdated(HubClient client) => Flatten(client, d => d.Updated);

    /// <summary>A join and a loss within one delta come as one.</summary>
    private static List<Participant> AllShown(HubClient client) => Flatten<Participant>(client, d => [.. d.Joined, .. d.Updated]);

    private static List<string> AllLeft(HubClient client) => Flatten(client, d => d.Left);

    private static List<T> Flatten<T>(HubClient client, Func<MeetingDelta, IReadOnlyList<T>> part)
    {
        lock (client.Deltas)
        {
            return [.. client.Deltas.SelectMany(part)];
        }
    }
}
