using MediaServer.Forwarding.Tests.Harness;

namespace MediaServer.Forwarding.Tests.Congestion;

/// <summary>
/// A bottleneck of 2, then 0.5, then again 2 Mbit/s, with a queue that would hold a second at the low rate (64 KiB), 50 ms round trip, cameras with
/// layers of 150, 500 and 1500 kbit/s. The queue is the link's own, looked at each 100 ms.
/// </summary>
public class BandwidthStepTests
{
    private const long High = 2_000_000;
    private const long Low = 500_000;
    private const int Phase = 20_000;
    private const int Start = 500;

    [Theory]
    [InlineData(1, 1, 100, 25)]
    [InlineData(2, 1, 50, 25)]
    [InlineData(3, 2, 100, 25)]
    [InlineData(4, 2, 50, 25)]
    [InlineData(5, 4, 100, 25)]
    [InlineData(6, 2, 100, 75)]
    public void TheEstimateFollowsTheLinkAndTheQueueStaysShort(int seed, int cameras, int feedbackIntervalMs, int delayMs)
    {
        var scene = new BandwidthScene(
            new BottleneckLink(seed) { Rate = High, DelayMs = delayMs }, cameras, feedbackIntervalMs, uplinkDelayMs: delayMs);
        scene.Run(Start);
        scene.ShowAll();
        scene.Run(Phase);
        scene.Link.Rate = Low;
        scene.Run(Phase);
        scene.Link.Rate = High;
        scene.Run(Phase);

        AssertShortQueue(scene, Start + Phase);
        AssertShortQueue(scene, Start + (2 * Phase));
        AssertNear(scene, Start + Phase, Low);
        AssertNear(scene, Start + (2 * Phase), High);
        AssertSteady(scene);
    }

    private static void AssertShortQueue(BandwidthScene scene, int from) =>
        Assert.All(
            scene.Samples.Where(s => s.At > from + 1000 && s.At <= from + Phase),
            s => Assert.True(s.QueueMs <= 200, $"{s.QueueMs:F0} ms of queue at {s.At}\n{scene.Trace()}"));

    /// <summary>Within 15 % no later than 8 s after the step, and on average from then on.</summary>
    private static void AssertNear(BandwidthScene scene, int from, long rate)
    {
        var reached = scene.Samples.First(s => s.At > from && Math.Abs(s.Estimate - rate) <= rate * 0.15).At - from;
        Assert.True(reached <= 8000, $"{rate} reached after {reached} ms\n{scene.Trace()}");
        var average = scene.Samples.Where(s => s.At > from + 8000 && s.At <= from + Phase).Average(s => s.Estimate);
        Assert.True(Math.Abs(average - rate) <= rate * 0.15, $"{average:F0} on average at {rate}\n{scene.Trace()}");
    }

    /// <summary>One minute with two real steps: a slot goes up at the start, down, up again, and may have tried once too much in each phase.</summary>
    private static void AssertSteady(BandwidthScene scene)
    {
        for (var i = 0; i < scene.Cameras.Count; i++)
        {
            Assert.True(scene.Viewer.Slot(i).LayerChanges <= 8, $"slot {i}: {scene.Viewer.Slot(i).LayerChanges} changes of layer\n{scene.Trace()}");
        }
    }
}
