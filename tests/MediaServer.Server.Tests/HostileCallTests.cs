using MediaServer.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace MediaServer.Server.Tests;

/// <summary>Well-formed messages with hostile contents, over both protocols: each is answered with a code, and never with "internal".</summary>
public sealed class HostileCallTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly DeviceState Off = new(false, false, false);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Null_members_are_invalid_arguments(bool messagePack)
    {
        var code = await HubClient.CreateMeeting(shared.Url);
        await using var hub = await HubClient.Connect(shared.Url, messagePack);
        Assert.Equal(ErrorCodes.MeetingNotFound, Code(await hub.Call<MeetingInfo>(nameof(IMeetingHub.LookUpMeeting), new LookUpMeetingRequest(null!))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<MeetingInfo>(nameof(IMeetingHub.LookUpMeeting), [null])));
        Assert.Equal(ErrorCodes.MeetingNotFound, Code(await hub.Call<JoinedMeeting>(nameof(IMeetingHub.Join), new JoinRequest(null!, "Anna", Off, null))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<JoinedMeeting>(nameof(IMeetingHub.Join), new JoinRequest(code, null!, Off, null))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<JoinedMeeting>(nameof(IMeetingHub.Join), new JoinRequest(code, "Anna", null!, null))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<JoinedMeeting>(nameof(IMeetingHub.Join), [null])));

        await Joined(hub, code);
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<Done>(nameof(IMeetingHub.SetDeviceState), [null])));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest(null!))));
        Assert.Equal(ErrorCodes.SlotUnknown, Code(await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([null!]))));
        Assert.Equal(ErrorCodes.SlotUnknown, Code(await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([new SlotChoice(null!, null, default, 0, 0)]))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest(null!, [], true))));
        Assert.Equal(ErrorCodes.SdpInvalid, Code(await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest("", null!, true))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest(SdpOffers.Valid(), [null!], true))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest(SdpOffers.Valid(), [new PublicationLine(null!, MediaSource.Camera)], true))));
        Assert.Null((await hub.Call<Done>(nameof(IMeetingHub.Leave))).Error);
        await shared.AssertWell();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Long_and_strange_texts_are_refused(bool messagePack)
    {
        var huge = new string('x', 300_000);
        var code = await HubClient.CreateMeeting(shared.Url);
        await using var hub = await HubClient.Connect(shared.Url, messagePack);
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<MeetingInfo>(nameof(IMeetingHub.CreateMeeting), new CreateMeetingRequest(huge))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<MeetingInfo>(nameof(IMeetingHub.CreateMeeting), new CreateMeetingRequest("two\nlines"))));
        Assert.Equal(ErrorCodes.MeetingNotFound, Code(await hub.Call<MeetingInfo>(nameof(IMeetingHub.LookUpMeeting), new LookUpMeetingRequest(huge))));
        Assert.Equal(ErrorCodes.MeetingNotFound, Code(await hub.Join("ａｂｃ-defg-hjk", "Anna")));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Join(code, huge)));
        Assert.Equal(ErrorCodes.ResumeTokenInvalid, Code(await hub.Join(code, "Anna", huge)));
        Assert.Equal(ErrorCodes.ResumeTokenInvalid, Code(await hub.Join(code, "Anna", "")));
        Assert.Equal(ErrorCodes.ResumeTokenInvalid, Code(await hub.Join(code, "Anna", ".")));
        Assert.Equal(ErrorCodes.ResumeTokenInvalid, Code(await hub.Join(code, "Anna", "\0.\uFFFF")));
        Assert.Equal("Annagnp.exe", Assert.Single((await hub.Join(code, "Anna\u202Egnp.exe")).Value!.Participants).DisplayName);

        Assert.Equal(ErrorCodes.SdpInvalid, Code(await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest(huge, [], true))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest("v=0", [.. Enumerable.Repeat(new PublicationLine("0", MediaSource.Camera), 5000)], true))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([.. Enumerable.Repeat(new SlotChoice("0", null, default, 0, 0), 5000)]))));
        Assert.Equal(ErrorCodes.SlotUnknown, Code(await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([new SlotChoice(huge[..100_000], huge[..100_000], default, int.MaxValue, int.MinValue)]))));
        foreach (var (query, offset, limit) in new[] { (huge, 0, 10), (null, -1, 10), (null, 0, 0), (null, 0, 101), (null, int.MinValue, int.MaxValue) })
        {
            Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<ParticipantPage>(nameof(IMeetingHub.ListParticipants), new ListParticipantsRequest(query, offset, limit))));
        }

        await shared.AssertWell();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Slots_and_publications_are_checked_against_the_offer(bool messagePack)
    {
        var code = await HubClient.CreateMeeting(shared.Url);
        await using var hub = await HubClient.Connect(shared.Url, messagePack);
        var me = await Joined(hub, code);
        foreach (var lines in SdpOffers.WrongPublications)
        {
            Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest(SdpOffers.Valid(), lines, true))));
        }

        Assert.Null((await hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest(SdpOffers.Valid(), SdpOffers.Publications, true))).Error);
        var slot = SdpOffers.VideoSlot;
        Assert.Equal(ErrorCodes.ParticipantUnknown, Code(await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([new SlotChoice(slot, "nobody", MediaSource.Camera, 360, 0)]))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([new SlotChoice(slot, me, MediaSource.Camera, -1, 0)]))));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([new SlotChoice(slot, me, MediaSource.Camera, int.MaxValue, 0)]))));
        Assert.Equal(ErrorCodes.SlotUnknown, Code(await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([new SlotChoice(SdpOffers.Camera, me, MediaSource.Camera, 360, 0)]))));
        Assert.Null((await hub.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([new SlotChoice(slot, me, MediaSource.Screen, 0, int.MinValue)]))).Error);
        await shared.AssertWell();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Arguments_of_wrong_types_number_or_method_leave_the_connection_usable(bool messagePack)
    {
        await using var hub = await HubClient.Connect(shared.Url, messagePack);
        (string Method, object?[] Arguments)[] calls =
        [
            ("NoSuchMethod", []),
            (nameof(object.ToString), []),
            ("Dispose", []),
            ("OnDisconnectedAsync", [null]),
            ("Guard", [1]),
            (nameof(IMeetingHub.Join), []),
            (nameof(IMeetingHub.Join), [1, 2, 3]),
            (nameof(IMeetingHub.Join), [5]),
            (nameof(IMeetingHub.Join), ["text"]),
            (nameof(IMeetingHub.Join), [new { Code = new { Deep = 1 } }]),
            (nameof(IMeetingHub.SetDeviceState), [new { Microphone = "perhaps" }]),
            (nameof(IMeetingHub.ChooseSlots), [new { Slots = 7 }]),
            (nameof(IMeetingHub.ChooseSlots), [new { Slots = new[] { new { Mid = "0", Height = 1e300 } } }]),
            (nameof(IMeetingHub.ChooseSlots), [new { Slots = new[] { new { Mid = "0", Source = "telescope" } } }]),
            (nameof(IMeetingHub.ChooseSlots), [new { Slots = new[] { new { Mid = "0", Source = 99 } } }]),
            (nameof(IMeetingHub.Leave), [1]),
        ];
        foreach (var (method, arguments) in calls)
        {
            var exception = await Assert.ThrowsAsync<HubException>(() => hub.Call<Done>(method, arguments));
            Assert.DoesNotContain("MediaServer.", exception.Message, StringComparison.Ordinal);
        }

        Assert.NotNull((await hub.Call<MeetingInfo>(nameof(IMeetingHub.CreateMeeting), new CreateMeetingRequest(null))).Value);
        await shared.AssertWell();
    }

    [Fact]
    public async Task A_connection_is_in_one_meeting_and_somebody_once()
    {
        var (here, there) = (await HubClient.CreateMeeting(shared.Url), await HubClient.CreateMeeting(shared.Url));
        await using var hub = await HubClient.Connect(shared.Url);
        await Joined(hub, here);
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Join(there, "Anna")));
        Assert.Equal(ErrorCodes.InvalidArgument, Code(await hub.Join(here, "Anna")));
        Assert.Null((await hub.Call<Done>(nameof(IMeetingHub.Leave))).Error);
        Assert.Equal(ErrorCodes.NotJoined, Code(await hub.Call<Done>(nameof(IMeetingHub.Leave))));
        await Joined(hub, there);
    }

    [Fact]
    public async Task Of_many_tabs_that_resume_at_once_one_stays()
    {
        var code = await HubClient.CreateMeeting(shared.Url);
        await using var first = await HubClient.Connect(shared.Url);
        var token = (await first.Join(code, "Anna")).Value!.ResumeToken;
        var tabs = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => HubClient.Connect(shared.Url)));
        var results = await Task.WhenAll(tabs.Select(tab => tab.Join(code, "Anna", token)));
        Assert.All(results, result => Assert.Single(result.Value!.Participants));
        await Eventually.True(() => tabs.Append(first).Count(WasReplaced) == 12, "all but one were told");
        var alive = await Task.WhenAll(tabs.Select(tab => tab.Call<Done>(nameof(IMeetingHub.SetDeviceState), Off)));
        Assert.Single(alive, result => result.Error is null);
        foreach (var tab in tabs)
        {
            await tab.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_flood_is_refused_to_its_author_and_passes()
    {
        await using var hub = await HubClient.Connect(shared.Url);
        await using var other = await HubClient.Connect(shared.Url);
        var results = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => hub.Call<MeetingInfo>(nameof(IMeetingHub.LookUpMeeting), new LookUpMeetingRequest("abc-defg-hjk"))));
        Assert.All(results, result => Assert.Contains(Code(result), new[] { ErrorCodes.MeetingNotFound, ErrorCodes.RateLimited }));
        Assert.InRange(results.Count(r => Code(r) == ErrorCodes.MeetingNotFound), 60, 299);
        Assert.Equal(ErrorCodes.MeetingNotFound, Code(await other.Call<MeetingInfo>(nameof(IMeetingHub.LookUpMeeting), new LookUpMeetingRequest("abc-defg-hjk"))));
        await Task.Delay(1000);
        Assert.Equal(ErrorCodes.MeetingNotFound, Code(await hub.Call<MeetingInfo>(nameof(IMeetingHub.LookUpMeeting), new LookUpMeetingRequest("abc-defg-hjk"))));
    }

    private static string? Code<T>(HubResult<T> result)
        where T : class
    {
        Assert.NotEqual(ErrorCodes.Internal, result.Error?.Code);
        Assert.Equal(result.Error is null, result.Value is not null);
        return result.Error?.Code;
    }

    private static bool WasReplaced(HubClient client)
    {
        lock (client.Ended)
        {
            return client.Ended.Any(notice => notice.Code == "replaced");
        }
    }

    private static async Task<string> Joined(HubClient hub, string code)
    {
        var joined = await hub.Join(code, "Anna");
        Assert.Null(joined.Error);
        return joined.Value!.ParticipantId;
    }
}
