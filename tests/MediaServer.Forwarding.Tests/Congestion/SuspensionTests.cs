using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Tests.Congestion;

/// <summary>When not even the lowest layers fit, the least important tiles stop, and the client is told.</summary>
public class SuspensionTests
{
    private readonly BandwidthScene _scene = new(new BottleneckLink(1), cameras: 3, feedbackIntervalMs: 0);

    [Fact]
    public void TheTileThatDoesNotFitIsSuspendedAndComesBackAtAKeyFrame()
    {
        var harness = _scene.Harness;
        _scene.Viewer.Remb = 2_000_000;
        _scene.Run(500);
        for (var i = 0; i < 3; i++)
        {
            harness.Apply(new AssignSlot(_scene.Viewer.Peer.Id, $"v{i}", new PublicationId(_scene.Cameras[i].Peer.Id, "camera"), 180 * (i + 1), i == 0 ? 5 : 0));
        }

        _scene.Run(3000);
        Assert.All(Enumerable.Range(0, 3), i => Assert.True(_scene.Viewer.Slot(i).Decoded > 60));
        harness.Take<SlotFilled>();

        // Two lowest layers fit: the one with priority, and the larger of the others.
        _scene.Viewer.Remb = 400_000;
        _scene.Run(2000);
        var suspended = Assert.Single(harness.Take<SlotFilled>());
        Assert.Equal(("v1", true), (suspended.SlotMid, suspended.Suspended));
        Assert.Equal(_scene.Cameras[1].Peer.Id, suspended.Publication!.Value.Transport);
        var decoded = _scene.Viewer.Slot(1).Decoded;
        _scene.Run(2000);
        Assert.Equal(decoded, _scene.Viewer.Slot(1).Decoded);
        Assert.Equal(1, harness.Router.Congestion.SuspendedSlots);

        _scene.Viewer.Remb = 3_000_000;
        _scene.Run(3000);
        var resumed = Assert.Single(harness.Take<SlotFilled>());
        Assert.Equal(("v1", false), (resumed.SlotMid, resumed.Suspended));
        Assert.True(_scene.Viewer.Slot(1).Decoded > decoded + 30);
        Assert.Equal(0, harness.Router.Congestion.SuspendedSlots);
    }

    [Fact]
    public void NobodyIsLeftWithoutAPictureOnAGuess()
    {
        // One layer of 720p would be reckoned at 1.5 Mbit/s; this screen sends far less, which shows after a second.
        var harness = new RouterHarness(new MediaRouterOptions());
        var presenter = harness.Join(1);
        var viewer = harness.Join(2);
        viewer.SendRtcp((ref RtcpWriter writer) => writer.AddRemb(1, 800_000, [viewer.SlotSsrc()]));
        presenter.Camera.KeyFrame();
        harness.Show(viewer, presenter);
        for (var i = 0; i < 40; i++)
        {
            presenter.Camera.Frame(key: i == 5);
            harness.Advance(40);
            viewer.SendRtcp((ref RtcpWriter writer) => writer.AddRemb(1, 800_000, [viewer.SlotSsrc()]));
        }

        Assert.DoesNotContain(harness.Take<SlotFilled>(), filled => filled.Suspended);
        Assert.Equal(35, viewer.ReceiveVideo().Count);
    }

    [Fact]
    public void ASuspendedSlotThatIsEmptiedSaysSo()
    {
        var harness = _scene.Harness;
        _scene.Viewer.Remb = 50_000;
        _scene.Run(500);
        _scene.ShowAll();
        _scene.Run(1500);
        var filled = harness.Take<SlotFilled>();
        Assert.Equal(3, filled.Count(f => f.Suspended));
        harness.Apply(new AssignSlot(_scene.Viewer.Peer.Id, "v0", null, 0, 0));
        Assert.Equal(new SlotFilled(_scene.Viewer.Peer.Id, "v0", null), Assert.Single(harness.Take<SlotFilled>()));
    }

    [Fact]
    public void TheCountersShowTheEstimates()
    {
        var scene = new BandwidthScene(new BottleneckLink(1) { Rate = 1_000_000 });
        scene.Run(500);
        scene.ShowAll();
        scene.Run(6000);
        var counters = scene.Harness.Router.Congestion;
        Assert.Equal(1, counters.Estimates);
        Assert.InRange(counters.MedianEstimate, 600_000, 1_200_000);
        Assert.Equal(counters.MedianEstimate, counters.LowestEstimate);
        Assert.True(counters.FeedbackReceived > 30 && counters.ProbeClusters > 0);
    }
}
