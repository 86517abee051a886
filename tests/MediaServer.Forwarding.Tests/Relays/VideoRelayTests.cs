using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Relays;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests.Relays;

public class VideoRelayTests
{
    private readonly JoinedRouters _routers = new(3);

    [Fact]
    public void ASlotShowsAPublicationOfAnotherShard()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);
        publisher.Camera.KeyFrame(packets: 3, mark: 5);
        _routers.Deliver();

        var received = subscriber.ReceiveVideo();
        Assert.Equal(3, received.Count);
        Assert.All(received, p => Assert.Equal(5, p.Mark));
        Assert.Equal([new SlotFilled(subscriber.Id, "v0", new PublicationId(publisher.Id, "camera"))], _routers.Take<SlotFilled>());
    }

    [Fact]
    public void SomebodyWhoComesLateGetsAKeyFrameFromTheOtherShard()
    {
        var publisher = _routers[0].Join(1);
        publisher.Camera.KeyFrame();
        _routers.Advance(1000);
        publisher.TakePictureLoss();
        var subscriber = _routers[2].Join(2);
        _routers.Show(subscriber, publisher);
        Assert.Equal([publisher.Camera.Ssrc], publisher.TakePictureLoss());
        publisher.Camera.Frame();
        publisher.Camera.KeyFrame();
        publisher.Camera.Frame();
        _routers.Deliver();
        Assert.Equal(2, subscriber.ReceiveVideo().Count);
    }

    [Fact]
    public void OneCopyGoesToEachShardHoweverManyWatchThere()
    {
        var publisher = _routers[0].Join(1);
        var subscribers = Enumerable.Range(10, 6).Select(i => _routers[i % 3].Join(i)).ToList();
        foreach (var subscriber in subscribers)
        {
            _routers.Show(subscriber, publisher);
            _routers.Show(subscriber, publisher, slot: "v1");
        }

        publisher.Camera.KeyFrame(packets: 4);
        _routers.Deliver();
        Assert.All(subscribers, s => Assert.Equal(8, s.Receive().Count));
        Assert.Equal(4, _routers.Link(0, 1).Packets);
        Assert.Equal(4, _routers.Link(0, 2).Packets);
        Assert.Equal(0, _routers.Link(1, 2).Packets);
    }

    [Fact]
    public void OnlyTheLayersThatTilesUseAreRelayed()
    {
        var publisher = _routers[0].Join(1, shape: new PeerShape { Simulcast = true });
        var subscriber = _routers[1].Join(2);
        SendLayers(publisher, key: true);
        _routers.Show(subscriber, publisher, height: 180);
        SendLayers(publisher, key: true);
        _routers.Advance(200);
        subscriber.Receive();
        var before = _routers.Link(0, 1).Packets;
        SendLayers(publisher);
        Assert.Equal([1], Marks(subscriber));
        Assert.Equal(1, _routers.Link(0, 1).Packets - before);

        // A bigger tile: both until the higher layer's key frame is there, then only that.
        _routers.Show(subscriber, publisher, height: 720);
        Assert.Contains(publisher.Layers[2].Ssrc, publisher.TakePictureLoss());
        SendLayers(publisher);
        Assert.Equal([1], Marks(subscriber));
        SendLayers(publisher, key: true);
        Assert.Equal([1, 3], Marks(subscriber));
        _routers.Advance(200);
        before = _routers.Link(0, 1).Packets;
        SendLayers(publisher);
        Assert.Equal([3], Marks(subscriber));
        Assert.Equal(1, _routers.Link(0, 1).Packets - before);

        // The layer dies at the publisher: nothing tells the other shard but the layers' state.
        for (var i = 0; i < 30; i++)
        {
            publisher.Layers[0].Frame(key: i % 5 == 0, mark: 1);
            _routers.Advance(100);
        }

        subscriber.Receive();
        publisher.Layers[0].Frame(mark: 1);
        _routers.Deliver();
        Assert.Equal([1], Marks(subscriber));
    }

    [Fact]
    public void WhenNobodyWatchesAnyMoreNothingIsRelayed()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        _routers.Deliver();
        _routers.Show(subscriber, null);
        _routers.Advance(10);
        var before = _routers.Link(0, 1).Packets;
        publisher.Camera.KeyFrame();
        _routers.Deliver();
        Assert.Equal(before, _routers.Link(0, 1).Packets);
        Assert.Equal(0, _routers[0].Router.RelayCounts.Exports);
        Assert.Equal(0, _routers[1].Router.RelayCounts.Imports);
    }

    [Fact]
    public void ManyWishesForAKeyFrameBecomeOneMessageAndOnePli()
    {
        var publisher = _routers[0].Join(1);
        var subscribers = Enumerable.Range(10, 30).Select(i => _routers[1].Join(i)).ToList();
        subscribers.ForEach(s => _routers.Show(s, publisher));
        publisher.Camera.KeyFrame();
        _routers.Advance(1000);
        publisher.TakePictureLoss();
        var before = KeyFrameMessages();
        foreach (var subscriber in subscribers)
        {
            subscriber.SendRtcp((ref Protocol.Rtcp.RtcpWriter writer) => writer.AddPli(1, subscriber.SlotSsrc()));
        }

        _routers.Advance(300);
        Assert.Equal(1, KeyFrameMessages() - before);
        Assert.Single(publisher.TakePictureLoss());

        int KeyFrameMessages() => _routers.Link(1, 0).Posted.OfType<RelayKeyFrame>().Count();
    }

    [Fact]
    public void ALossIsRepairedFromTheStandInsCache()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);
        publisher.Camera.KeyFrame(packets: 3, mark: 7);
        _routers.Deliver();
        var lost = subscriber.ReceiveVideo()[1].Sequence;
        var before = _routers.Link(1, 0).Posted.Count;
        subscriber.SendRtcp((ref Protocol.Rtcp.RtcpWriter writer) => writer.AddNack(1, subscriber.SlotSsrc(), [lost]));
        Assert.Equal(7, subscriber.Receive().Single(p => p.Ssrc == subscriber.SlotRtxSsrc()).Mark);
        Assert.Equal(before, _routers.Link(1, 0).Posted.Count);
    }

    [Fact]
    public void LateAndEmptyPacketsLeaveNoGapOnTheOtherShard()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        publisher.Camera.Padding();
        var frame = publisher.Camera.Build(packets: 3);
        publisher.SendRtp(frame[0]);
        publisher.SendRtp(frame[2]);
        publisher.SendRtp(frame[1]);
        publisher.Camera.Frame();
        _routers.Deliver();
        var received = subscriber.ReceiveVideo();
        Assert.Equal(5, received.Count);
        Assert.Equal(Enumerable.Range(0, 5), received.Select(p => (int)(ushort)(p.Sequence - received[0].Sequence)).Order());
    }

    [Fact]
    public void ALayerThatStartsAnewUnderAnotherSsrcGoesOnAtAKeyFrame()
    {
        var publisher = _routers[0].Join(1, shape: new PeerShape { Simulcast = true });
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);
        publisher.Layers[0].KeyFrame(mark: 1);
        _routers.Deliver();
        var before = Assert.Single(subscriber.ReceiveVideo());
        publisher.Layers[0].Ssrc += 5000;
        publisher.Layers[0].Sequence = 17;
        publisher.Layers[0].Frame();
        _routers.Deliver();
        Assert.Empty(subscriber.ReceiveVideo());
        publisher.Layers[0].KeyFrame();
        _routers.Deliver();
        Assert.Equal(1, (ushort)(subscriber.ReceiveVideo().Single().Sequence - before.Sequence));
    }

    [Fact]
    public void AClosedGateStopsBeforeTheRelayAndAnOpenedOneStartsAtAKeyFrame()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        _routers.Deliver();
        var before = subscriber.ReceiveVideo().Single();
        var packets = _routers.Link(0, 1).Packets;
        _routers[0].Apply(new SetGate(new PublicationId(publisher.Id, "camera"), false));
        publisher.Camera.KeyFrame();
        _routers.Advance(1000);
        Assert.Empty(subscriber.ReceiveVideo());
        Assert.Equal(packets, _routers.Link(0, 1).Packets);

        publisher.TakePictureLoss();
        _routers[0].Apply(new SetGate(new PublicationId(publisher.Id, "camera"), true));
        _routers.Deliver();
        Assert.Equal([publisher.Camera.Ssrc], publisher.TakePictureLoss());
        publisher.Camera.Frame();
        publisher.Camera.KeyFrame();
        _routers.Deliver();
        Assert.Equal(1, (ushort)(subscriber.ReceiveVideo().Single().Sequence - before.Sequence));
    }

    [Fact]
    public void ARenegotiationOfThePublisherChangesWhatTheOtherShardReads()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        _routers.Deliver();
        subscriber.Receive();
        publisher.Shape = publisher.Shape with { Vp8Type = 120, RtxType = 121 };
        _routers[0].Apply(new UpdateTransport(publisher.Id, publisher.Shape.Negotiate(1)));
        publisher.Camera.Frame();
        _routers.Deliver();
        Assert.Equal(96, subscriber.ReceiveVideo().Single().Header.PayloadType);
        Assert.Equal(0, _routers[1].Router.Dropped(DropReason.RtpUnknownPayloadType));
    }

    private static void SendLayers(TestPeer publisher, bool key = false)
    {
        for (var i = 0; i < 3; i++)
        {
            publisher.Layers[i].Frame(key, mark: (byte)(i + 1));
        }
    }

    private List<int> Marks(TestPeer subscriber)
    {
        _routers.Deliver();
        return [.. subscriber.ReceiveVideo().Select(p => (int)p.Mark)];
    }
}
