using MediaServer.Forwarding.Allocation;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests.Allocation;

public class UpgradeHoldTests
{
    private const long Bitrate = 1_000_000;

    private UpgradeHold _hold;

    [Fact]
    public void NothingHoldsBeforeADowngrade() => Assert.True(_hold.MayUpgrade(Bitrate, At(0)));

    [Fact]
    public void ADowngradeHoldsForFourSeconds()
    {
        _hold.OnDowngrade(Bitrate, At(100));
        Assert.False(_hold.MayUpgrade(Bitrate, At(103.9)));
        Assert.True(_hold.MayUpgrade(Bitrate, At(104)));
    }

    [Fact]
    public void EachUpgradeThatDoesNotLastDoublesTheTimeUpToAMinute()
    {
        var at = 100.0;
        foreach (var seconds in (int[])[4, 8, 16, 32, 60, 60])
        {
            _hold.OnDowngrade(Bitrate, At(at));
            Assert.False(_hold.MayUpgrade(Bitrate, At(at + seconds - 0.1)));
            Assert.True(_hold.MayUpgrade(Bitrate, At(at + seconds)));
            at += seconds;
            _hold.OnUpgrade(At(at));
            at += 5;
        }
    }

    [Fact]
    public void AnUpgradeThatLastedBringsTheTimeBack()
    {
        _hold.OnDowngrade(Bitrate, At(100));
        _hold.OnUpgrade(At(105));
        _hold.OnDowngrade(Bitrate, At(106));
        _hold.OnUpgrade(At(120));
        _hold.OnDowngrade(Bitrate, At(141));
        Assert.True(_hold.MayUpgrade(Bitrate, At(145)));
    }

    [Fact]
    public void AFallInStepsIsOneFall()
    {
        _hold.OnUpgrade(At(99));
        _hold.OnDowngrade(Bitrate, At(100));
        _hold.OnDowngrade(Bitrate / 2, At(101));
        _hold.OnDowngrade(Bitrate / 4, At(102));
        Assert.False(_hold.MayUpgrade(Bitrate / 4, At(105.9)));
        Assert.True(_hold.MayUpgrade(Bitrate / 4, At(106)));
    }

    [Fact]
    public void AMuchBetterLinkEndsTheHold()
    {
        _hold.OnDowngrade(Bitrate, At(100));
        Assert.False(_hold.MayUpgrade(Bitrate * 14 / 10, At(101)));
        Assert.True(_hold.MayUpgrade(Bitrate * 16 / 10, At(101)));
    }

    private static MonotonicTime At(double seconds) => new((long)(seconds * 1_000_000));
}
