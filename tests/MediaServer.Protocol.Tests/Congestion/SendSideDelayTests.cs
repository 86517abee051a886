using MediaServer.Protocol.Congestion;

namespace MediaServer.Protocol.Tests.Congestion;

/// <summary>Grouping, trendline and threshold (draft-ietf-rmcat-gcc-02 sections 5.2 to 5.4). Times in microseconds.</summary>
public class SendSideDelayTests
{
    private const long Frame = 33_000;

    private PacketGroups _groups;

    [Fact]
    public void PacketsOfOneBurstAreOneGroup()
    {
        Assert.False(_groups.OnPacket(0, 100_000, out _));
        Assert.False(_groups.OnPacket(1000, 101_000, out _));
        Assert.False(_groups.OnPacket(5000, 109_000, out _));
        Assert.False(_groups.OnPacket(Frame, 133_000, out _));
        Assert.True(_groups.OnPacket(2 * Frame, 170_000, out var delta));
        Assert.Equal(new GroupDelta(Frame - 5000, 133_000 - 109_000, 133_000), delta);
    }

    [Fact]
    public void WhatALinkLetsThroughTogetherAfterAPauseIsOneGroup()
    {
        _groups.OnPacket(0, 100_000, out _);
        _groups.OnPacket(Frame, 200_000, out _);

        // Sent 33 ms later, arrived 1 ms later: it stood behind the one before.
        Assert.False(_groups.OnPacket(2 * Frame, 201_000, out _));
        Assert.True(_groups.OnPacket(5 * Frame, 300_000, out var delta));
        Assert.Equal(2 * Frame, delta.SendDelta);
        Assert.Equal(101_000, delta.ArrivalDelta);
    }

    [Fact]
    public void OvertakenPacketsAndClockStepsAreNoMeasurement()
    {
        _groups.OnPacket(0, 100_000, out _);
        _groups.OnPacket(Frame, 133_000, out _);
        Assert.False(_groups.OnPacket(0, 134_000, out _));
        Assert.False(_groups.OnPacket(2 * Frame, 10_000_000, out _));
        Assert.False(_groups.OnPacket(3 * Frame, 10_033_000, out _));
        Assert.True(_groups.OnPacket(4 * Frame, 10_066_000, out _));
    }

    [Fact]
    public void ASteadyLinkIsNormal() => Assert.DoesNotContain(BandwidthUsage.Overusing, Play(200, _ => 0));

    [Fact]
    public void AGrowingQueueIsOveruse()
    {
        var usages = Play(60, i => i < 30 ? 0 : (i - 30) * 8_000L);
        Assert.DoesNotContain(BandwidthUsage.Overusing, usages.Take(30));
        Assert.Contains(BandwidthUsage.Overusing, usages.Skip(30).Take(15));
    }

    [Fact]
    public void ADrainingQueueIsUnderuse()
    {
        var usages = Play(90, i => i < 40 ? i * 8_000L : Math.Max(0, 320_000L - ((i - 40) * 20_000L)));
        Assert.Contains(BandwidthUsage.Underusing, usages.Skip(45));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void JitterAloneIsNoOveruseForLong(int seed)
    {
        var random = new Random(seed);
        var usages = Play(1000, _ => random.Next(20_000));
        Assert.True(usages.Count(u => u == BandwidthUsage.Overusing) <= 10, $"{usages.Count(u => u == BandwidthUsage.Overusing)} of 1000");
    }

    [Fact]
    public void TheThresholdFollowsSlowWavesUpAndComesBack()
    {
        var detector = new DelayDetector();
        var highest = 0.0;
        for (var i = 0; i < 1000; i++)
        {
            // A still link, then a wave of a few seconds, as Wi-Fi makes them, then a still link again.
            var delta = i is >= 300 and < 700 ? (long)(2_500 * Math.Sin(i / 12.0)) : 0;
            detector.OnGroup(new GroupDelta(Frame, Frame + delta, i * Frame));
            highest = i < 300 ? detector.Threshold : Math.Max(highest, detector.Threshold);
            Assert.True(i != 299 || highest < 6.5, $"{highest} before");
        }

        Assert.True(highest > 9, $"{highest} at most");
        Assert.InRange(detector.Threshold, 6, 6.5);
    }

    [Fact]
    public void AQueueIsWhatStandsAboveTheLeastOfTheLastSeconds()
    {
        var queue = default(QueueDelay);
        queue.OnReport(50_000, 0);
        queue.OnReport(30_000, 100_000);
        Assert.Equal(0, queue.Microseconds);
        queue.OnReport(130_000, 200_000);
        Assert.Equal(100_000, queue.Microseconds);

        // A longer way for more than two windows is the way, and no queue.
        for (var at = 300_000L; at < 25_000_000; at += 100_000)
        {
            queue.OnReport(130_000, at);
        }

        Assert.Equal(0, queue.Microseconds);
    }

    private static List<BandwidthUsage> Play(int frames, Func<int, long> queue) => Play(new DelayDetector(), frames, queue);

    private static List<BandwidthUsage> Play(DelayDetector detector, int frames, Func<int, long> queue)
    {
        var groups = default(PacketGroups);
        var usages = new List<BandwidthUsage>();
        long last = 0;
        for (var i = 0; i < frames; i++)
        {
            last = Math.Max(last, (i * Frame) + 50_000 + queue(i));
            if (groups.OnPacket(i * Frame, last, out var delta))
            {
                detector.OnGroup(delta);
            }

            usages.Add(detector.Usage);
        }

        return usages;
    }
}
