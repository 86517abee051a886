using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;
using static MediaServer.Forwarding.Tests.Relays.Voices;

namespace MediaServer.Forwarding.Tests.Relays;

/// <summary>Rooms are walls across shards, and whatever ends takes its relays with it.</summary>
public class RoomWallTests
{
    private readonly JoinedRouters _routers = new(3);
    private readonly Voices _voices;

    public RoomWallTests() => _voices = new Voices(_routers);

    [Fact]
    public void AnAssignmentWaitsForAPublisherOnAnotherShard()
    {
        var subscriber = _routers[1].Join(2);
        _routers[1].Apply(new AssignSlot(subscriber.Id, "v0", new PublicationId(TransportId.On(0, 1), "camera"), 720, 0));
        _routers.Advance(100);
        var publisher = _routers[0].Join(1);
        _routers.Deliver();
        publisher.Camera.KeyFrame();
        _routers.Deliver();
        Assert.Single(subscriber.ReceiveVideo());
    }

    [Fact]
    public void AMicrophoneDoesNotFillAVideoSlot()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher, mid: "mic");
        Assert.Equal(0, _routers[0].Router.RelayCounts.Exports);
    }

    [Fact]
    public void NothingGoesIntoAnotherRoomAndBothFindEachOtherInANewOne()
    {
        var publisher = _routers[0].Join(1, room: 1);
        var subscriber = _routers[1].Join(2, room: 2);
        _routers.Show(subscriber, publisher);
        Send(publisher);
        Assert.Empty(subscriber.Receive());
        Assert.Equal(0, _routers.Link(0, 1).Packets);

        Move(subscriber, 1);
        Send(publisher);
        Assert.Single(subscriber.ReceiveVideo());
        _routers.Take<SlotFilled>();

        Move(publisher, 3);
        Assert.Contains(new SlotFilled(subscriber.Id, "v0", null), _routers.Take<SlotFilled>());
        Send(publisher);
        Assert.Empty(subscriber.ReceiveVideo());

        Move(subscriber, 3);
        Send(publisher);
        Assert.Single(subscriber.ReceiveVideo());
        _voices.Speak(300, (publisher, Loud));
        Assert.Equal([1], HeardBy(subscriber));
    }

    [Fact]
    public void APacketUnderWayIsNotShownInARoomThatItsPublisherHasLeft()
    {
        var routers = new JoinedRouters(2, maxRecordDelay: 0);
        routers.Link(0, 1).MaxRecordDelay = 40;
        var publisher = routers[0].Join(1);
        var subscriber = routers[1].Join(2);
        routers.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        routers.Advance(50);
        Assert.Single(subscriber.ReceiveVideo());
        for (var i = 0; i < 50; i++)
        {
            publisher.Camera.KeyFrame();
        }

        routers[0].Apply(new MoveTransport(publisher.Id, new RoomId(2)));
        for (var i = 0; i < 50; i++)
        {
            publisher.Camera.KeyFrame();
        }

        var before = subscriber.ReceiveVideo().Count;
        routers.Advance(100);
        Assert.Equal(0, subscriber.ReceiveVideo().Count - before);
        Assert.True(routers[1].Router.Dropped(DropReason.RelayStale) > 0);
    }

    [Fact]
    public void APublisherThatClosesEmptiesSlotsEverywhereForGood()
    {
        var publisher = _routers[0].Join(1);
        var first = _routers[1].Join(2);
        var second = _routers[2].Join(3);
        _routers.Show(first, publisher);
        _routers.Show(second, publisher);
        _routers.Advance(100);
        publisher.Camera.KeyFrame();
        _voices.Speak(200, (publisher, Loud));
        _routers.Take<SlotFilled>();
        _routers[0].Apply(new CloseTransport(publisher.Id));
        _routers.Advance(10);
        Assert.Equal(
            [new(first.Id, "a0", null), new(first.Id, "v0", null), new(second.Id, "a0", null), new(second.Id, "v0", null)],
            _routers.Take<SlotFilled>().OrderBy(e => e.Subscriber.Value).ThenBy(e => e.SlotMid));
        Assert.Equal((0, 0, 0), Work(_routers));
        Assert.Equal(0, _routers[0].Router.RelayCounts.Imports);
    }

    [Fact]
    public void ALineThatIsTakenAwayEndsItsRelayAndComesBack()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);
        Send(publisher);
        subscriber.Receive();
        var negotiated = publisher.Negotiated;
        _routers[0].Apply(new UpdateTransport(publisher.Id, negotiated with { Media = negotiated.Media.RemoveAll(m => m.Mid == "camera") }));
        Send(publisher);
        Assert.Empty(subscriber.ReceiveVideo());
        _routers[0].Apply(new UpdateTransport(publisher.Id, negotiated));
        _routers.Deliver();
        Send(publisher);
        Assert.Single(subscriber.ReceiveVideo());
    }

    [Fact]
    public void AShardThatHasNoMoreMembersGetsNothingAndKeepsNothing()
    {
        var speaker = _routers[0].Join(1);
        var listener = _routers[1].Join(2);
        _voices.Speak(200, (speaker, Loud));
        Assert.Equal([1], HeardBy(listener));
        _routers[1].Apply(new CloseTransport(listener.Id));
        Assert.Equal((0, 0, 0, 0), _routers[1].Router.RelayCounts);
        _routers.Advance(10);
        var before = _routers.Link(0, 1).Packets;
        _voices.Speak(200, (speaker, Loud));
        Assert.Equal(before, _routers.Link(0, 1).Packets);
        Assert.Equal((0, 0, 0, 0), _routers[1].Router.RelayCounts);
        Assert.Equal((0, 0, 0, 1), _routers[0].Router.RelayCounts);
    }

    [Fact]
    public void LeavingAndComingBackWhileMessagesAreUnderWayEndsWell()
    {
        var routers = new JoinedRouters(3, seed: 5, maxMessageDelay: 30, maxRecordDelay: 30);
        var voices = new Voices(routers);
        var speaker = routers[1].Join(1);
        var listener = routers[2].Join(2);
        routers.Show(listener, speaker);
        for (var i = 0; i < 20; i++)
        {
            routers[2].Apply(new MoveTransport(listener.Id, new RoomId(2 + (i % 2))));
            routers.Advance(i);
            routers[2].Apply(new MoveTransport(listener.Id, new RoomId(1)));
            voices.Speak(20 * (i % 3), (speaker, Loud));
        }

        routers.Advance(200);
        listener.Receive();
        speaker.Camera.KeyFrame();
        voices.Speak(300, (speaker, Loud));
        var received = listener.Receive();
        Assert.Contains(received, p => p.Ssrc == listener.SlotSsrc());
        Assert.Contains(received, IsAudio);
    }

    private static (int Exports, int Imports, int Wishes) Work(JoinedRouters routers) => (
        routers.Routers.Sum(r => r.Router.RelayCounts.Exports),
        routers.Routers.Sum(r => r.Router.RelayCounts.Imports),
        routers.Routers.Sum(r => r.Router.RelayCounts.Wishes));

    private void Move(TestPeer peer, long room)
    {
        peer.Harness.Apply(new MoveTransport(peer.Id, new RoomId(room)));
        _routers.Advance(20);
    }

    private void Send(TestPeer publisher)
    {
        publisher.Camera.KeyFrame();
        _routers.Deliver();
    }
}
