using MediaServer.Forwarding.Tests.Harness;

namespace MediaServer.Forwarding.Tests.Congestion;

/// <summary>A subscriber that wants little: what is not used is neither believed nor forgotten.</summary>
public class ApplicationLimitedTests
{
    [Fact]
    public void AnEstimateThatIsNotUsedStaysWhereItIs()
    {
        var scene = new BandwidthScene(new BottleneckLink(1) { Rate = 3_000_000 });
        scene.Run(500);
        scene.ShowAll();
        scene.Run(5000);
        var estimate = scene.Samples[^1].Estimate;
        Assert.InRange(estimate, 1_600_000, 3_000_000);
        scene.ShowAll(height: 180);
        scene.Run(60_000);
        Assert.Equal(0, scene.Viewer.Slot(0).Layer);
        Assert.InRange(scene.Samples[^1].Estimate, estimate * 0.8, estimate * 1.2);
    }

    [Fact]
    public void NothingIsProbedForOnceAllTilesHaveWhatTheyWant()
    {
        var scene = new BandwidthScene(new BottleneckLink(1));
        scene.Run(500);
        scene.ShowAll(height: 180);
        scene.Run(3000);
        var padding = scene.Viewer.PaddingBytes;
        scene.Run(30_000);
        Assert.Equal(padding, scene.Viewer.PaddingBytes);
        Assert.True(scene.Samples[^1].Estimate < 3_000_000, scene.Trace());
    }

    [Fact]
    public void ALargerTileIsProbedForAtOnce()
    {
        var scene = new BandwidthScene(new BottleneckLink(1));
        scene.Run(500);
        scene.ShowAll(height: 180);
        scene.Run(20_000);
        scene.ShowAll(height: 720);
        scene.Run(1500);
        Assert.Equal(2, scene.Viewer.Slot(0).Layer);
    }
}
