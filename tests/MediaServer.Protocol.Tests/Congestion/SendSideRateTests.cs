using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Tests.Congestion;

/// <summary>AIMD (draft-ietf-rmcat-gcc-02 section 5.5), loss (section 6), throughput and probing. Rates in bits per second.</summary>
public class SendSideRateTests
{
    private const long Response = 100_000;

    [Fact]
    public void AnEstimateThatIsUsedGrowsBy8PercentASecond()
    {
        var rate = new AimdRateControl(1_000_000);
        Run(rate, BandwidthUsage.Normal, 10_000, acknowledged: 10_000_000);
        Assert.InRange(rate.Bitrate, 2_050_000, 2_300_000);
    }

    [Fact]
    public void ItDoesNotGrowFarBeyondWhatArrives()
    {
        var rate = new AimdRateControl(1_000_000);
        Run(rate, BandwidthUsage.Normal, 60_000, acknowledged: 1_000_000);
        Assert.Equal(1_210_000, rate.Bitrate);
    }

    [Fact]
    public void WhatIsNotUsedNeitherGrowsNorShrinks()
    {
        var rate = new AimdRateControl(1_000_000);
        Run(rate, BandwidthUsage.Normal, 60_000, acknowledged: 100_000, limited: true);
        Assert.Equal(1_000_000, rate.Bitrate);
    }

    [Fact]
    public void OveruseTakesItTo85PercentOfWhatArrivesOncePerResponseTime()
    {
        var rate = new AimdRateControl(2_000_000);
        Assert.True(rate.Update(BandwidthUsage.Overusing, 1_500_000, false, Response, At(10_000)));
        Assert.Equal(1_275_000, rate.Bitrate);
        Assert.False(rate.Update(BandwidthUsage.Overusing, 1_000_000, false, Response, At(10_050)));
        Assert.True(rate.Update(BandwidthUsage.Overusing, 1_000_000, false, Response, At(10_100)));
        Assert.Equal(850_000, rate.Bitrate);
    }

    [Fact]
    public void ADropToLessThanHalfActsAtOnce()
    {
        var rate = new AimdRateControl(2_000_000);
        rate.Update(BandwidthUsage.Overusing, 1_500_000, false, Response, At(10_000));
        Assert.True(rate.Update(BandwidthUsage.Overusing, 400_000, false, Response, At(10_020)));
        Assert.Equal(340_000, rate.Bitrate);
    }

    [Fact]
    public void NearTheEndOfTheLinkItGrowsByAPacketPerResponseTime()
    {
        var rate = new AimdRateControl(2_000_000);
        rate.Update(BandwidthUsage.Overusing, 2_000_000, false, Response, At(10_000));
        var after = rate.Bitrate;
        Run(rate, BandwidthUsage.Normal, 1000, acknowledged: 1_700_000, from: 10_000);
        Assert.InRange(rate.Bitrate - after, 35_000, 60_000);
    }

    [Fact]
    public void ItHoldsWhileAQueueDrains()
    {
        var rate = new AimdRateControl(1_000_000);
        Run(rate, BandwidthUsage.Underusing, 5000, acknowledged: 2_000_000);
        Assert.Equal(1_000_000, rate.Bitrate);
    }

    [Fact]
    public void ItNeverFallsBelowTheMinimum()
    {
        var rate = new AimdRateControl(100_000);
        for (var i = 0; i < 20; i++)
        {
            rate.Update(BandwidthUsage.Overusing, 1000, false, Response, At(1000 * i));
            rate.Lower(0.5, At((1000 * i) + 500));
        }

        Assert.Equal(AimdRateControl.MinBitrate, rate.Bitrate);
    }

    [Theory]
    [InlineData(1, long.MaxValue)]
    [InlineData(5, long.MaxValue)]
    [InlineData(9, long.MaxValue)]
    [InlineData(20, 900_000)]
    [InlineData(60, 700_000)]
    public void OnlyHighLossSetsABound(int percent, long bound)
    {
        var loss = new LossBound();
        loss.OnPackets(100 - percent, percent, 1_000_000, At(0));
        loss.OnPackets(100 - percent, percent, 1_000_000, At(500));
        Assert.Equal(bound, loss.Bitrate);
        Assert.Equal(percent / 100.0, loss.Loss, 3);
    }

    [Fact]
    public void TheBoundRisesWithoutLossStaysWithSomeAndGoesInTheEnd()
    {
        var loss = new LossBound();
        loss.OnFraction(0.4, 1_000_000, At(0));
        Assert.Equal(800_000, loss.Bitrate);
        loss.OnFraction(0.05, 800_000, At(1000));
        Assert.Equal(800_000, loss.Bitrate);
        loss.OnFraction(0.01, 800_000, At(2000));
        Assert.InRange(loss.Bitrate, 860_000, 870_000);
        for (var i = 3; i < 40; i++)
        {
            loss.OnFraction(0, 800_000, At(i * 1000));
        }

        Assert.Equal(long.MaxValue, loss.Bitrate);
    }

    [Fact]
    public void ThroughputIsThatOfTheWindowOnly()
    {
        var window = new RateWindow();
        for (var at = 0L; at < 1_000_000; at += 10_000)
        {
            window.Add(at, at < 500_000 ? 1250 : 2500);
        }

        Assert.InRange(window.BitsPerSecond(1_000_000, 300), 1_800_000, 2_200_000);
        Assert.InRange(window.BitsPerSecond(490_000, 60), 0, 1_200_000);
        Assert.Equal(0, window.BitsPerSecond(9_000_000, 300));
        Assert.Equal(0, new RateWindow().BitsPerSecond(0, 100));
    }

    [Theory]
    [InlineData(10_000_000, 2_900_000, 3_300_000)]
    [InlineData(1_500_000, 1_300_000, 1_500_000)]
    public void AProbeShowsTheLinkOrItsOwnRate(int link, int low, int high)
    {
        var prober = new BandwidthProber();
        prober.Schedule(3_000_000, At(0));
        prober.Update(1_000_000, 10_000_000, At(0));
        var history = new SentPacketHistory();
        var numbers = new List<ushort>();
        for (var now = At(0); prober.Sending != 0; now = now.AddMilliseconds(5))
        {
            while (prober.PaddingDue(now) > 0)
            {
                numbers.Add(history.Add(300, prober.Sending, now));
                prober.OnSent(300, now);
            }
        }

        long free = 0;
        foreach (var number in numbers)
        {
            Assert.True(history.TryFind(number, out var packet));
            free = Math.Max(free, packet.SentAt.Microseconds) + (300 * 8_000_000L / link);
            prober.OnAcknowledged(packet, free + 20_000);
        }

        Assert.InRange(prober.TakeResult(1_000_000, At(100)), low, high);
    }

    [Fact]
    public void NothingIsProbedWhileTheEstimateSufficesAndAFailureIsFollowedByAPause()
    {
        var prober = new BandwidthProber();
        prober.Update(1_000_000, 900_000, At(0));
        Assert.Equal(0, prober.Clusters);
        prober.Update(1_000_000, 5_000_000, At(0));
        Assert.Equal(1, prober.Clusters);

        // Nothing comes of it: neither is enough sent, nor reported.
        for (var at = 0; at < 2300; at += 100)
        {
            prober.Update(1_000_000, 5_000_000, At(at));
        }

        Assert.Equal(1, prober.Clusters);
        for (var at = 2300; at < 2700; at += 100)
        {
            prober.Update(1_000_000, 5_000_000, At(at));
        }

        Assert.Equal(2, prober.Clusters);
    }

    private static void Run(AimdRateControl rate, BandwidthUsage usage, int milliseconds, long acknowledged, bool limited = false, int from = 0)
    {
        rate.Update(usage, acknowledged, limited, Response, At(from));
        for (var at = 50; at <= milliseconds; at += 50)
        {
            rate.Update(usage, acknowledged, limited, Response, At(from + at));
        }
    }

    private static MonotonicTime At(long milliseconds) => MonotonicTime.FromMilliseconds(milliseconds);
}
