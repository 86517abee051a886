using CsCheck;
using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests.Machines;

public class PublicationMachineTests
{
    [Fact]
    public void TheReceiveWindowAgreesWithASet() =>
        Gen.Long[-1500, 1500].List[0, 300].Sample(moves =>
        {
            var window = new ReceiveWindow();
            var seen = new HashSet<long>();
            long? highest = null;
            var sequence = 100_000L;
            foreach (var move in moves)
            {
                sequence = move > 0 ? sequence + (move % 7) : sequence + (move % 5);
                var tooOld = highest - sequence >= ReceiveWindow.Size;
                var expected = !tooOld && !seen.Contains(sequence);
                Assert.Equal(expected, window.TryAdd(sequence, out var reason));
                Assert.Equal(expected ? DropReason.None : tooOld ? DropReason.RtpTooOld : DropReason.RtpDuplicate, reason);
                seen.Add(sequence);
                highest = Math.Max(highest ?? sequence, sequence);
                Assert.True(window.Contains(sequence) || tooOld);
                Assert.False(window.Contains(highest.Value + 1));
            }
        });

    [Fact]
    public void TheReceiveWindowForgetsWhatIsOlderThanItself()
    {
        var window = new ReceiveWindow();
        Assert.True(window.TryAdd(5000, out _));
        Assert.True(window.TryAdd(5000 + ReceiveWindow.Size, out _));
        Assert.False(window.Contains(5000));
        Assert.False(window.TryAdd(5000, out var reason));
        Assert.Equal(DropReason.RtpTooOld, reason);
        Assert.True(window.TryAdd(5001, out _));
    }

    [Fact]
    public void TheCacheReturnsExactlyWhatWasStoredOrNothing() =>
        Gen.Int[1, 400].List[1, 200].Sample(sizes =>
        {
            var cache = new PacketCache(2000);
            var sequence = 65_500L;
            var stored = new Dictionary<long, byte[]>();
            foreach (var size in sizes)
            {
                var packet = new byte[size];
                Array.Fill(packet, (byte)sequence);
                cache.Store(sequence, packet);
                stored[sequence] = packet;
                Assert.True(cache.TryFind(sequence, out var found));
                Assert.True(found.SequenceEqual(packet));
                sequence++;
            }

            foreach (var (number, packet) in stored)
            {
                if (cache.TryFind(number, out var found))
                {
                    Assert.True(found.SequenceEqual(packet));
                }
            }

            Assert.False(cache.TryFind(sequence, out _));
            cache.Clear();
            Assert.False(cache.TryFind(sequence - 1, out _));
        });

    [Fact]
    public void ARetryWaitsForTheRoundTrip()
    {
        var nacks = new NackGenerator();
        var sequences = new ushort[8];
        nacks.OnReceived(10, At(0));
        nacks.OnReceived(13, At(0));
        Assert.Equal(0, nacks.Collect(At(4), 80, sequences));
        Assert.Equal(2, nacks.Collect(At(5), 80, sequences));
        Assert.Equal([11, 12], sequences[..2].Select(s => (int)s));
        Assert.Equal(0, nacks.Collect(At(104), 80, sequences));
        nacks.OnReceived(11, At(104));
        Assert.Equal(1, nacks.Collect(At(105), 80, sequences));
        Assert.Equal(12, sequences[0]);
    }

    [Fact]
    public void AGapBeyondRepairIsToldAndForgotten()
    {
        var nacks = new NackGenerator();
        nacks.OnReceived(10, At(0));
        Assert.True(nacks.OnReceived(12, At(0)));
        Assert.False(nacks.OnReceived(5000, At(0)));
        Assert.Equal(0, nacks.Count);
        Assert.True(nacks.OnReceived(5002, At(0)));
        Assert.Equal(1, nacks.Count);
    }

    [Fact]
    public void JitterIsThatOfRfc3550()
    {
        var statistics = new ReceptionStatistics();
        statistics.OnPacket(1, 0, 90_000, At(0));
        statistics.OnPacket(2, 3000, 90_000, MonotonicTime.FromMilliseconds(33).AddMicroseconds(334));
        Assert.Equal(0u, statistics.Jitter);

        // 16 ms late: D = 1440, J = 1440 / 16.
        statistics.OnPacket(3, 6000, 90_000, MonotonicTime.FromMilliseconds(82).AddMicroseconds(667));
        Assert.Equal(90u, statistics.Jitter);
    }

    [Fact]
    public void LossCountsPerIntervalAndRepairsCannotMakeItNegative()
    {
        var statistics = new ReceptionStatistics();
        foreach (var sequence in new long[] { 100, 101, 104 })
        {
            statistics.OnPacket(sequence, 0, 90_000, At(0));
        }

        Assert.Equal(2, statistics.CumulativeLost);
        Assert.Equal(2 * 256 / 5, statistics.TakeFractionLost());
        Assert.Equal((5, 2), statistics.TakeInterval());
        statistics.OnPacket(102, 0, 90_000, At(0));
        statistics.OnPacket(103, 0, 90_000, At(0));
        Assert.Equal(0, statistics.TakeFractionLost());
        Assert.Equal((0, 0), statistics.TakeInterval());
        Assert.Equal(0, statistics.CumulativeLost);
    }

    [Fact]
    public void APliIsSentOncePerIntervalAndAKeyFrameFulfilsTheWish()
    {
        var requester = new KeyFrameRequester(400);
        Assert.False(requester.TryTake(At(0)));
        requester.Request();
        Assert.True(requester.TryTake(At(0)));
        requester.Request();
        Assert.False(requester.TryTake(At(399)));
        Assert.True(requester.TryTake(At(400)));
        requester.Request();
        requester.OnKeyFrame();
        Assert.False(requester.TryTake(At(9000)));
    }

    [Fact]
    public void SenderReportClocksMapBothWays()
    {
        var clock = default(SenderReportClock);
        clock.Set(10UL << 32, uint.MaxValue - 100);
        Assert.Equal(unchecked(uint.MaxValue - 100 + 90_000), clock.TimestampAt(11UL << 32, 90_000));
        Assert.Equal(unchecked(uint.MaxValue - 100 - 45_000), clock.TimestampAt((9UL << 32) + (1UL << 31), 90_000));
        Assert.Equal(11UL << 32, clock.NtpAt(unchecked(uint.MaxValue - 100 + 90_000), 90_000));
    }

    [Fact]
    public void BitrateIsMeasuredPerSecond()
    {
        var meter = new BitrateMeter();
        for (var i = 0; i <= 100; i++)
        {
            meter.Add(1250, At(i * 10));
        }

        Assert.InRange(meter.BitsPerSecond, 1_000_000, 1_020_000);
    }

    private static MonotonicTime At(long milliseconds) => MonotonicTime.FromMilliseconds(milliseconds);
}
