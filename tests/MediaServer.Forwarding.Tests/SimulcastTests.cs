using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Tests;

public class SimulcastTests
{
    private readonly RouterHarness _harness = new();
    private readonly TestPeer _publisher;
    private readonly TestPeer _subscriber;

    public SimulcastTests()
    {
        _publisher = _harness.Join(1, shape: new PeerShape { Simulcast = true });
        _subscriber = _harness.Join(2);
        for (var i = 0; i < 3; i++)
        {
            // Each layer has its own clock and numbers, as in libwebrtc.
            _publisher.Layers[i].Timestamp = (uint)(i + 1) * 1_000_000;
            _publisher.Layers[i].Sequence = (ushort)(i * 1000);
        }
    }

    [Theory]
    [InlineData(90, 0)]
    [InlineData(180, 0)]
    [InlineData(181, 1)]
    [InlineData(360, 1)]
    [InlineData(500, 2)]
    [InlineData(2160, 2)]
    public void TheTilesHeightDecidesTheLayer(int height, int layer)
    {
        All(key: true);
        _harness.Show(_subscriber, _publisher, height);
        All(key: true);
        _subscriber.ReceiveVideo();
        All();
        Assert.Equal([layer], _subscriber.ReceiveVideo().Select(p => (int)p.Mark));
    }

    [Fact]
    public void AFirstPictureMayComeFromALowerLayerButNotFromAHigherOne()
    {
        All(key: true);
        _harness.Show(_subscriber, _publisher, 360);
        _publisher.Layers[2].KeyFrame(mark: 2);
        Assert.Empty(_subscriber.ReceiveVideo());
        _publisher.Layers[0].KeyFrame(mark: 0);
        Assert.Equal([0], _subscriber.ReceiveVideo().Select(p => (int)p.Mark));
        _publisher.Layers[2].KeyFrame(mark: 2);
        _publisher.Layers[1].KeyFrame(mark: 1);
        Assert.Equal([1], _subscriber.ReceiveVideo().Select(p => (int)p.Mark));
    }

    [Fact]
    public void ASwitchWaitsForAKeyFrameAndKeepsThePresentLayerUntilThen()
    {
        All(key: true);
        _harness.Show(_subscriber, _publisher, 180);
        All(key: true);
        _publisher.TakePictureLoss();
        _harness.Advance(1000);
        _publisher.TakePictureLoss();
        All();
        _harness.Show(_subscriber, _publisher, 720);
        Assert.Equal([_publisher.Layers[2].Ssrc], _publisher.TakePictureLoss());
        All();
        All(key: true);
        All();

        var received = _subscriber.ReceiveVideo();

        // In the round of the key frame the low layer's packet came first, so it still went out.
        Assert.Equal([0, 0, 0, 0, 2, 2], received.Select(p => (int)p.Mark));
        foreach (var (previous, next) in received.Zip(received.Skip(1)))
        {
            Assert.Equal(1, (ushort)(next.Sequence - previous.Sequence));
            Assert.Equal(1, (next.Vp8.PictureId - previous.Vp8.PictureId) & 0x7FFF);
            Assert.True((int)(next.Timestamp - previous.Timestamp) > 0);
        }
    }

    [Fact]
    public void SenderReportsMakeTheTimestampExactAcrossASwitch()
    {
        All(key: true);
        for (var i = 0; i < 3; i++)
        {
            // At one moment of the publisher's clock each layer tells its timestamp: low 1_003_000 is high 3_003_000.
            var layer = _publisher.Layers[i];
            _publisher.SendRtcp((ref RtcpWriter w) => w.AddSenderReport(layer.Ssrc, 500UL << 32, layer.Timestamp, 1, 1));
        }

        _harness.Show(_subscriber, _publisher, 180);
        All(key: true);
        _harness.Show(_subscriber, _publisher, 720);

        // The network delays the key frame by 150 ms; by elapsed time the timestamp would be 13500 ahead.
        _harness.Advance(150);
        _publisher.Layers[2].KeyFrame(mark: 2);
        var received = _subscriber.ReceiveVideo();
        Assert.Equal([0, 2], received.Select(p => (int)p.Mark));
        Assert.Equal((uint)TestVideo.FrameTicks, received[1].Timestamp - received[0].Timestamp);
    }

    [Fact]
    public void WhenALayerStopsALowerOneTakesOver()
    {
        All(key: true);
        _harness.Show(_subscriber, _publisher, 720);
        All(key: true);
        _subscriber.ReceiveVideo();
        All();
        Assert.Equal([2], _subscriber.ReceiveVideo().Select(p => (int)p.Mark));
        for (var i = 0; i < 20; i++)
        {
            _publisher.Layers[0].Frame(mark: 0);
            _publisher.Layers[1].Frame(mark: 1);
            _harness.Advance(100);
        }

        Assert.Contains(_publisher.Layers[1].Ssrc, _publisher.TakePictureLoss());
        _publisher.Layers[1].KeyFrame(mark: 1);
        Assert.Equal([1], _subscriber.ReceiveVideo().Select(p => (int)p.Mark));
    }

    [Fact]
    public void LatePacketsOfTheFormerLayerAreDropped()
    {
        All(key: true);
        _harness.Show(_subscriber, _publisher, 180);
        All(key: true);
        _subscriber.ReceiveVideo();
        var late = _publisher.Layers[0].Build(mark: 77).Single();
        _harness.Show(_subscriber, _publisher, 720);
        _publisher.Layers[2].KeyFrame(mark: 2);
        _publisher.SendRtp(late);
        Assert.Equal([2], _subscriber.ReceiveVideo().Select(p => (int)p.Mark));
    }

    [Fact]
    public void ALayerThatStartsAnewUnderAnotherSsrcGoesOnAtAKeyFrame()
    {
        All(key: true);
        _harness.Show(_subscriber, _publisher, 180);
        All(key: true);
        var before = _subscriber.ReceiveVideo().Single();
        _publisher.Layers[0].Ssrc += 500;
        _publisher.Layers[0].Sequence = 40_000;
        _publisher.Layers[0].Frame(mark: 5);
        Assert.Empty(_subscriber.ReceiveVideo());
        _publisher.Layers[0].KeyFrame(mark: 6);
        var after = _subscriber.ReceiveVideo().Single();
        Assert.Equal(6, after.Mark);
        Assert.Equal(1, (ushort)(after.Sequence - before.Sequence));
    }

    [Fact]
    public void AnUnknownRidIsDropped()
    {
        new TestVideo(_publisher, 99_999, "x").KeyFrame();
        new TestVideo(_publisher, 88_888).KeyFrame();
        Assert.Equal(2, _harness.Router.Dropped(DropReason.RtpUnknownSsrc));
    }

    [Fact]
    public void RetransmissionsOfALayerAreFoundByTheRepairedRid()
    {
        All(key: true);
        _harness.Show(_subscriber, _publisher, 180);
        All(key: true);
        _subscriber.ReceiveVideo();
        var lost = _publisher.Layers[0].Build(mark: 33).Single();
        _publisher.SendRtp(_publisher.Layers[0].Retransmission(lost, 4444, 1));
        Assert.Equal([33], _subscriber.ReceiveVideo().Select(p => (int)p.Mark));
    }

    private void All(bool key = false)
    {
        for (byte i = 0; i < 3; i++)
        {
            _publisher.Layers[i].Frame(key, mark: i);
        }

        _harness.Advance(33);
    }
}
