using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Tests.Congestion;

/// <summary>Browsers without transport-wide feedback, and peers that negotiate it and then say nothing.</summary>
public class PeersWithoutFeedbackTests
{
    private static readonly PeerShape Old = new() { Extensions = new HeaderExtensionIds(Mid: 4, Rid: 10, RepairedRid: 11, AudioLevel: 1) };

    [Fact]
    public void WithoutAnyWordOfThePeerEverythingIsSentUnnumberedAndAtOnce()
    {
        var scene = Scene(Old);
        scene.Run(3000);
        Assert.Equal(2, scene.Viewer.Slot(0).Layer);
        Assert.Equal(0, scene.Harness.Router.Congestion.PacedPackets);
        Assert.Equal(0, scene.Harness.Router.Congestion.ProbeClusters);
        Assert.Equal(0, scene.Viewer.PaddingBytes);
        Assert.Equal(long.MaxValue, scene.Harness.Router.DownlinkOf(scene.Viewer.Peer.Id)!.Bitrate);
    }

    [Theory]
    [InlineData(3_000_000, 2)]
    [InlineData(800_000, 1)]
    [InlineData(300_000, 0)]
    public void ARembDecidesTheLayer(int remb, int layer)
    {
        var scene = Scene(Old);
        scene.Viewer.Remb = (ulong)remb;
        scene.Run(8000);
        Assert.Equal(layer, scene.Viewer.Slot(0).Layer);
    }

    [Fact]
    public void ARembThatIsNotRepeatedIsForgotten()
    {
        var scene = Scene(Old);
        scene.Viewer.Remb = 300_000;
        scene.Run(3000);
        Assert.Equal(0, scene.Viewer.Slot(0).Layer);
        scene.Viewer.Remb = 0;
        scene.Run(7000);
        Assert.Equal(2, scene.Viewer.Slot(0).Layer);
    }

    [Fact]
    public void HeavyLossInReceiverReportsBringsTheLayerDown()
    {
        var scene = Scene(Old);
        scene.Run(3000);
        for (var i = 0; i < 6; i++)
        {
            scene.Viewer.Peer.SendRtcp((ref RtcpWriter w) => w.AddReceiverReport(1, [new ReportBlock(scene.Viewer.Peer.SlotSsrc(), 77, 0, 0, 0, 0, 0)]));
            scene.Run(1000);
        }

        Assert.True(scene.Viewer.Slot(0).Layer < 2);
        Assert.True(scene.Harness.Router.DownlinkOf(scene.Viewer.Peer.Id)!.Bitrate < 1_400_000);
    }

    [Fact]
    public void APeerThatNegotiatedFeedbackButSendsNoneIsServedLikeAnOldOneSoon()
    {
        var scene = Scene(new PeerShape());
        scene.Run(1000);
        Assert.Equal(1, scene.Viewer.Slot(0).Layer);
        scene.Run(2000);
        Assert.Equal(2, scene.Viewer.Slot(0).Layer);
    }

    [Fact]
    public void ARembBoundsTheEstimateFromFeedback()
    {
        var scene = new BandwidthScene(new BottleneckLink(1));
        scene.Viewer.Remb = 700_000;
        scene.Run(500);
        scene.ShowAll();
        scene.Run(5000);
        Assert.Equal(1, scene.Viewer.Slot(0).Layer);
    }

    [Fact]
    public void WhoOnlyListensHasNoEstimator()
    {
        var harness = new RouterHarness();
        var speaker = harness.Join(1);
        var listener = harness.Join(2);
        for (ushort i = 1; i < 60; i++)
        {
            speaker.SendAudio(i, i * 960u);
            harness.Advance(20);
        }

        Assert.NotEmpty(listener.Receive());
        Assert.Null(harness.Router.DownlinkOf(listener.Id));
    }

    private static BandwidthScene Scene(PeerShape shape)
    {
        var scene = new BandwidthScene(new BottleneckLink(1), feedbackIntervalMs: 0, viewerShape: shape);
        scene.Run(500);
        scene.ShowAll();
        return scene;
    }
}
