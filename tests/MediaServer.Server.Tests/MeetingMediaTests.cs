using MediaServer.Contracts;
using MediaServer.Forwarding.Commands;
using MediaServer.Meetings.Participants;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;
using MediaServer.Server.Media;

namespace MediaServer.Server.Tests;

/// <summary>Which commands a shard gets, in their order.</summary>
public sealed class MeetingMediaTests
{
    private static readonly DtlsFingerprint Fingerprint = new("sha-256", "AA:BB");
    private readonly PostedCommands _posted = new();

    [Fact]
    public void Devices_that_are_on_open_the_gates_of_their_lines_only()
    {
        using var media = new MeetingMedia("abc-defg-hjk", _posted);
        Assert.Null(Negotiate(media, new Devices(true, false, false), [new("mic", MediaSource.Microphone), new("cam", MediaSource.Camera)]).Error);

        Assert.IsType<OpenTransport>(_posted.Commands[0]);
        Assert.Equal([("mic", true), ("cam", false)], _posted.Gates);
    }

    [Fact]
    public void A_line_that_names_no_source_stays_shut()
    {
        using var media = new MeetingMedia("abc-defg-hjk", _posted);
        Assert.Null(Negotiate(media, new Devices(true, true, true), [new("cam", MediaSource.Camera)]).Error);

        Assert.Equal([("mic", false), ("cam", true)], _posted.Gates);
    }

    [Fact]
    public void A_source_that_does_not_exist_stays_shut()
    {
        using var media = new MeetingMedia("abc-defg-hjk", _posted);
        Negotiate(media, new Devices(true, true, true), [new("mic", (MediaSource)99)]);

        Assert.Equal([("mic", false), ("cam", false)], _posted.Gates);
    }

    [Fact]
    public void The_publisher_hears_which_layers_are_wanted_by_source_and_again_when_it_comes_back()
    {
        using var media = new MeetingMedia("abc-defg-hjk", _posted);
        Negotiate(media, new Devices(true, true, true), [new("mic", MediaSource.Microphone), new("cam", MediaSource.Camera)]);
        var transport = Assert.IsType<OpenTransport>(_posted.Commands[0]).Transport;
        Assert.Empty(media.LayersWantedOf(new ParticipantId("anna")));

        var update = media.Describe(new LayersWanted(new PublicationId(transport, "cam"), 0));
        Assert.Equal((MediaSource.Camera, false), (update!.Source, Assert.Single(update.Layers)));
        Assert.Equal(MediaSource.Camera, Assert.Single(media.LayersWantedOf(new ParticipantId("anna"))).Source);
        Assert.True(media.Describe(new LayersWanted(new PublicationId(transport, "cam"), 1))!.Layers[0]);
        Assert.Null(media.Describe(new LayersWanted(new PublicationId(transport, "other"), 1)));
        Assert.Null(media.Describe(new LayersWanted(new PublicationId(new TransportId(99), "cam"), 1)));
    }

    [Fact]
    public void A_suspended_slot_still_says_whose_it_is()
    {
        using var media = new MeetingMedia("abc-defg-hjk", _posted);
        Negotiate(media, new Devices(true, true, true), [new("cam", MediaSource.Camera)]);
        var transport = Assert.IsType<OpenTransport>(_posted.Commands[0]).Transport;
        var state = media.Describe(new SlotFilled(new TransportId(7), "v0", new PublicationId(transport, "cam"), Suspended: true));
        Assert.Equal(new SlotState("v0", "anna", MediaSource.Camera, true), state);
    }

    private static HubResult<NegotiateReply> Negotiate(MeetingMedia media, Devices devices, PublicationLine[] lines)
    {
        var offer = OfferBuilder.Build(
            IceCredentialsFactory.Create(), Fingerprint, [new("mic", MediaKind.Audio, 1, 0), new("cam", MediaKind.Video, 2, 3)], ["a0"], ["v0"], 1);
        var participant = new ParticipantState(new ParticipantId("anna"), 1, "Anna", devices, true, DateTimeOffset.UnixEpoch);
        return media.Negotiate(participant, new NegotiateRequest(offer, lines, Restart: true));
    }

    /// <summary>Stands where the shards are and writes down what they are told.</summary>
    private sealed class PostedCommands : IMediaGateway
    {
        public List<MediaCommand> Commands { get; } = [];

        public IEnumerable<(string Mid, bool Open)> Gates => Commands.OfType<SetGate>().Select(gate => (gate.Publication.Mid, gate.Open));

        public DtlsFingerprint LocalFingerprint => Fingerprint;

        public RoomId OpenRoom(string meetingCode) => new(1);

        public void CloseRoom(RoomId room)
        {
        }

        public TransportId NewTransport(string meetingCode) => new(1);

        public void ForgetTransport(TransportId transport)
        {
        }

        public IReadOnlyList<TransportAddress> CandidatesOf(TransportId transport) => [];

        public void Post(MediaCommand command) => Commands.Add(command);
    }
}
