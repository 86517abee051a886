using MediaServer.Forwarding.Tests.Harness;

namespace MediaServer.Forwarding.Tests.Congestion;

/// <summary>Loss and jitter that come from no queue must neither stop the picture nor pull the estimate down.</summary>
public class BadNetworkTests
{
    private const int Seconds = 40;

    /// <summary>100 ms round trip. Every frame that the camera makes after the first picture counts; frozen time counts as frames that are missing.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 3_000_000)]
    [InlineData(4, 3_000_000)]
    public void At5PercentLoss99PercentOfTheFramesAreDecoded(int seed, int rate)
    {
        var scene = new BandwidthScene(new BottleneckLink(seed) { Rate = rate, Loss = 0.05, DelayMs = 50 }, uplinkLoss: 0.05, uplinkDelayMs: 50);
        var made = Play(scene);
        var decoded = scene.Viewer.Slot(0).Decoded;
        Assert.True(decoded >= made * 0.99, $"{decoded} of {made} frames\n{scene.Trace()}");
        Assert.Equal(2, scene.Viewer.Slot(0).Layer);
    }

    [Theory]
    [InlineData(1, 0.01, 0)]
    [InlineData(2, 0.01, 20)]
    [InlineData(3, 0.0, 30)]
    [InlineData(4, 0.02, 10)]
    public void LossAndJitterDoNotPullTheEstimateDown(int seed, double loss, int jitterMs)
    {
        const long rate = 2_000_000;
        var scene = new BandwidthScene(new BottleneckLink(seed) { Rate = rate, Loss = loss, JitterMs = jitterMs }, cameras: 2, uplinkLoss: loss);
        var made = Play(scene);
        var settled = scene.Samples.Where(s => s.At > 5000).ToList();
        Assert.True(settled.Average(s => s.Estimate) >= rate * 0.85, $"{settled.Average(s => s.Estimate):F0} on average\n{scene.Trace()}");
        Assert.True(settled.Min(s => s.Estimate) >= rate * 0.6, $"{settled.Min(s => s.Estimate)} at least\n{scene.Trace()}");
        for (var i = 0; i < 2; i++)
        {
            Assert.True(scene.Viewer.Slot(i).Decoded >= made * 0.97, $"{scene.Viewer.Slot(i).Decoded} of {made} frames\n{scene.Trace()}");
            Assert.True(scene.Viewer.Slot(i).LayerChanges <= 6, $"{scene.Viewer.Slot(i).LayerChanges} changes of layer\n{scene.Trace()}");
        }
    }

    [Fact]
    public void AnOutageOfTwoSecondsIsOverSoonAfterItsEnd()
    {
        var scene = new BandwidthScene(new BottleneckLink(7) { Rate = 3_000_000 });
        Play(scene);
        scene.Link.Loss = 1;
        scene.Run(2000);
        scene.Link.Loss = 0;
        scene.Run(1500);
        var decoded = scene.Viewer.Slot(0).Decoded;
        scene.Run(1000);
        Assert.True(scene.Viewer.Slot(0).Decoded - decoded >= 28, scene.Trace());
        scene.Run(8000);
        Assert.Equal(2, scene.Viewer.Slot(0).Layer);
    }

    private static int Play(BandwidthScene scene)
    {
        scene.Run(500);
        scene.ShowAll();
        while (scene.Viewer.Slot(0).Decoded == 0 && scene.Milliseconds < 3000)
        {
            scene.Run(1);
        }

        var before = scene.Cameras[0].Frames;
        scene.Run(Seconds * 1000);
        return scene.Cameras[0].Frames - before;
    }
}
