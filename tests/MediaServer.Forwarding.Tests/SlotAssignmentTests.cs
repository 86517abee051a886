using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests;

public class SlotAssignmentTests
{
    private readonly RouterHarness _harness = new();

    [Fact]
    public void AnAssignmentWaitsForItsPublication()
    {
        var subscriber = _harness.Join(2);
        _harness.Apply(new AssignSlot(subscriber.Id, "v0", new PublicationId(new TransportId(1), "camera"), 720, 0));
        var publisher = _harness.Join(1);
        publisher.Camera.KeyFrame();
        Assert.Single(subscriber.ReceiveVideo());
    }

    [Fact]
    public void ASubscriberThatConnectsLaterAsksForAKeyFrame()
    {
        var publisher = _harness.Join(1);
        publisher.Camera.KeyFrame();
        var subscriber = _harness.Join(2, connect: false);
        _harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        _harness.Advance(600);
        publisher.TakePictureLoss();
        subscriber.Connect();
        Assert.Equal([publisher.Camera.Ssrc], publisher.TakePictureLoss());
        publisher.Camera.KeyFrame();
        Assert.Single(subscriber.ReceiveVideo());
    }

    [Fact]
    public void AScreenThatDoesNotChangeIsAskedForAPictureWhenSomebodyComesLate()
    {
        var publisher = _harness.Join(1);
        publisher.Camera.KeyFrame();
        _harness.Advance(5000);
        publisher.TakePictureLoss();
        var subscriber = _harness.Join(2);
        _harness.Show(subscriber, publisher);
        Assert.Equal([publisher.Camera.Ssrc], publisher.TakePictureLoss());
        _harness.Advance(4500);
        Assert.Equal(2, publisher.TakePictureLoss().Count);
        publisher.Camera.KeyFrame();
        Assert.Single(subscriber.ReceiveVideo());
    }

    [Fact]
    public void AnEmptiedSlotFallsSilentAtOnce()
    {
        var publisher = _harness.Join(1);
        var subscriber = _harness.Join(2);
        _harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        subscriber.ReceiveVideo();
        _harness.Take<SlotFilled>();
        _harness.Show(subscriber, null);
        Assert.Equal(new SlotFilled(subscriber.Id, "v0", null), _harness.Take<SlotFilled>().Single());
        publisher.Camera.KeyFrame();
        Assert.Empty(subscriber.ReceiveVideo());
    }

    [Fact]
    public void OnePublicationFillsSlotsOfManyAndEachHasItsOwnNumbers()
    {
        var publisher = _harness.Join(1);
        var first = _harness.Join(2);
        var second = _harness.Join(3);
        _harness.Show(first, publisher);
        _harness.Show(first, publisher, slot: "v1");
        _harness.Show(second, publisher);
        publisher.Camera.KeyFrame();
        var received = first.Receive();
        Assert.Equal([first.SlotSsrc(0), first.SlotSsrc(1)], received.Select(p => p.Ssrc));
        Assert.NotEqual(received[0].Sequence, received[1].Sequence);
        Assert.Single(second.ReceiveVideo());
    }

    [Fact]
    public void RoomsAreSeparate()
    {
        var publisher = _harness.Join(1, room: 1);
        var subscriber = _harness.Join(2, room: 2);
        _harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        Assert.Empty(subscriber.ReceiveVideo());

        _harness.Apply(new MoveTransport(subscriber.Id, new RoomId(1)));
        publisher.Camera.KeyFrame();
        Assert.Single(subscriber.ReceiveVideo());
    }

    [Fact]
    public void AMoveEmptiesSlotsAndMovingTogetherFillsThemAgain()
    {
        var publisher = _harness.Join(1);
        var subscriber = _harness.Join(2);
        _harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        subscriber.ReceiveVideo();
        _harness.Take<SlotFilled>();

        _harness.Apply(new MoveTransport(publisher.Id, new RoomId(5)));
        Assert.Equal(new SlotFilled(subscriber.Id, "v0", null), _harness.Take<SlotFilled>().Single());
        publisher.Camera.KeyFrame();
        Assert.Empty(subscriber.ReceiveVideo());

        _harness.Apply(new MoveTransport(subscriber.Id, new RoomId(5)));
        _harness.Advance(500);
        Assert.Contains(publisher.Camera.Ssrc, publisher.TakePictureLoss());
        publisher.Camera.KeyFrame();
        Assert.Single(subscriber.ReceiveVideo());
        Assert.Single(_harness.Take<SlotFilled>());
    }

    [Fact]
    public void WhenAPublisherClosesItsSlotsAreEmptied()
    {
        var publisher = _harness.Join(1);
        var subscriber = _harness.Join(2);
        _harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        publisher.SendAudio(1, 960);
        _harness.Advance(200);
        _harness.Take<SlotFilled>();
        _harness.Apply(new CloseTransport(publisher.Id));
        Assert.Equal(
            [new(subscriber.Id, "a0", null), new(subscriber.Id, "v0", null)],
            _harness.Take<SlotFilled>().OrderBy(e => e.SlotMid));
    }

    [Fact]
    public void WhenASubscriberClosesThePublisherGoesOnForOthers()
    {
        var publisher = _harness.Join(1);
        var first = _harness.Join(2);
        var second = _harness.Join(3);
        _harness.Show(first, publisher);
        _harness.Show(second, publisher);
        publisher.Camera.KeyFrame();
        second.ReceiveVideo();
        first.Receive();
        _harness.Apply(new CloseTransport(first.Id));
        first.Receive();
        publisher.Camera.Frame();
        Assert.Single(second.ReceiveVideo());
        Assert.Empty(first.Receive());
    }

    [Fact]
    public void AClosedGateStopsEverythingAndAnOpenedOneStartsAtAKeyFrameWithoutAGap()
    {
        var publisher = _harness.Join(1);
        var subscriber = _harness.Join(2);
        _harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        var before = subscriber.ReceiveVideo().Single();

        _harness.Apply(new SetGate(new PublicationId(publisher.Id, "camera"), false));
        publisher.Camera.KeyFrame();
        publisher.Camera.Frame();
        Assert.Empty(subscriber.ReceiveVideo());
        Assert.Equal(2, _harness.Router.Dropped(DropReason.GateClosed));

        _harness.Advance(1000);
        publisher.TakePictureLoss();
        _harness.Apply(new SetGate(new PublicationId(publisher.Id, "camera"), true));
        Assert.Equal([publisher.Camera.Ssrc], publisher.TakePictureLoss());
        publisher.Camera.Frame();
        Assert.Empty(subscriber.ReceiveVideo());
        publisher.Camera.KeyFrame();
        Assert.Equal(1, (ushort)(subscriber.ReceiveVideo().Single().Sequence - before.Sequence));
    }

    [Fact]
    public void ARenegotiationAddsSlotsAndKeepsTheOthers()
    {
        var publisher = _harness.Join(1);
        var subscriber = _harness.Join(2);
        _harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        var before = subscriber.ReceiveVideo().Single();
        _harness.Take<SlotFilled>();

        _harness.Apply(new UpdateTransport(subscriber.Id, (subscriber.Shape with { VideoSlots = 4 }).Negotiate(2)));
        _harness.Show(subscriber, publisher, slot: "v3");
        publisher.Camera.Frame();
        Assert.Equal(1, (ushort)(subscriber.ReceiveVideo(0).Single().Sequence - before.Sequence));
        publisher.Camera.KeyFrame();
        Assert.Single(subscriber.ReceiveVideo(3));
        Assert.Equal("v3", _harness.Take<SlotFilled>().Single().SlotMid);
    }

    [Fact]
    public void ARenegotiationThatTakesLinesAwayEmptiesThem()
    {
        var publisher = _harness.Join(1);
        var subscriber = _harness.Join(2);
        _harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        subscriber.ReceiveVideo();
        _harness.Take<SlotFilled>();
        var negotiated = publisher.Negotiated;
        _harness.Apply(new UpdateTransport(publisher.Id, negotiated with { Media = negotiated.Media.RemoveAll(m => m.Mid == "camera") }));
        Assert.Equal(new SlotFilled(subscriber.Id, "v0", null), _harness.Take<SlotFilled>().Single());
        publisher.Camera.KeyFrame();
        Assert.Empty(subscriber.ReceiveVideo());
    }

    [Fact]
    public void CommandsOnWhatDoesNotExistDoNothing()
    {
        var nobody = new TransportId(99);
        var peer = _harness.Join(1);
        _harness.Apply(new CloseTransport(nobody));
        _harness.Apply(new MoveTransport(nobody, new RoomId(2)));
        _harness.Apply(new UpdateTransport(nobody, peer.Negotiated));
        _harness.Apply(new SetGate(new PublicationId(nobody, "camera"), false));
        _harness.Apply(new SetGate(new PublicationId(peer.Id, "nothing"), false));
        _harness.Apply(new AssignSlot(nobody, "v0", null, 1, 1));
        _harness.Apply(new AssignSlot(peer.Id, "a0", new PublicationId(peer.Id, "camera"), 1, 1));
        _harness.Apply(new AssignSlot(peer.Id, "v0", new PublicationId(nobody, "camera"), 1, 1));
        _harness.Take<TransportConnected>();
        Assert.Empty(_harness.Events);
    }
}
