using CsCheck;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Tests.Srtp;

/// <summary>RFC 3711 section 3.3.1: the rollover counter is never on the wire; both ends must guess it alike.</summary>
public class RolloverTests
{
    public static TheoryData<string, long[], long[]> Orders => new()
    {
        // What is sent (indices; the low 16 bits go out), and in which order which of them arrive.
        { "in order over the wrap", [65_534, 65_535, 65_536, 65_537], [65_534, 65_535, 65_536, 65_537] },
        { "swapped at the wrap", [65_534, 65_535, 65_536, 65_537], [65_534, 65_536, 65_535, 65_537] },
        { "the wrap overtaken by many", [65_500, 65_535, 65_536, 66_400], [65_500, 66_400, 65_535, 65_536] },
        { "last and first of the cycle lost", [65_530, 65_535, 65_536, 65_540], [65_530, 65_540] },
        { "30000 lost over the wrap", [50_000, 80_000], [50_000, 80_000] },
        { "from the very first number", [0, 1, 2], [0, 2, 1] },
        { "two before the first seen", [10, 11, 12], [12, 11, 10] },
        { "the second wrap", [40_000, 65_536, 98_000, 130_000, 131_071, 131_072], [40_000, 65_536, 98_000, 130_000, 131_072, 131_071] },
        { "half the space minus one", [20_000, 52_767], [20_000, 52_767] },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public void BothEndsCountAlike(string why, long[] sent, long[] arriving)
    {
        foreach (var profile in (SrtpProfile[])[SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80])
        {
            using var pair = new SrtpPair(profile);
            var wire = sent.ToDictionary(index => index, index => pair.ProtectRtp(SrtpPair.Rtp((ushort)index)));
            foreach (var index in sent)
            {
                Assert.Equal(SrtpReference.ProtectRtp(pair.Keys, SrtpPair.Rtp((ushort)index), 12, (uint)(index >> 16)), wire[index]);
            }

            foreach (var index in arriving)
            {
                Assert.True(pair.Receive(wire[index]) == DropReason.None, $"{why}: {index}");
                Assert.Equal(DropReason.SrtpReplay, pair.Receive(wire[index]));
            }
        }
    }

    /// <summary>Three cycles, whatever number a sender begins with.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(32_767)]
    [InlineData(32_768)]
    [InlineData(65_534)]
    [InlineData(65_535)]
    public void ThreeCyclesFromAnyStart(int start)
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        for (long index = start; index < start + 200_000; index += index % 997 == 0 ? 1 : 37)
        {
            Assert.Equal(DropReason.None, pair.Receive(pair.ProtectRtp(SrtpPair.Rtp((ushort)index))));
        }
    }

    /// <summary>
    /// Before the first wrap the counter cannot be -1, so a number that seems to lie before the beginning can only be ahead: a gap of more than half
    /// the number space must not stop the stream for the other half.
    /// </summary>
    [Theory]
    [InlineData(5, 32_773)]
    [InlineData(5, 50_000)]
    [InlineData(0, 65_535)]
    [InlineData(20_000, 60_000)]
    public void AGreatGapInTheFirstCycleIsCrossed(ushort before, ushort after)
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        Assert.Equal(DropReason.None, pair.Receive(pair.ProtectRtp(SrtpPair.Rtp(before))));
        Assert.Equal(DropReason.None, pair.Receive(SrtpReference.ProtectRtp(pair.Keys, SrtpPair.Rtp(after), 12, 0)));
        Assert.Equal(DropReason.None, pair.Receive(SrtpReference.ProtectRtp(pair.Keys, SrtpPair.Rtp((ushort)(after + 1)), 12, after == 65_535 ? 1u : 0)));
    }

    /// <summary>A forgery with a far number must not move the counter, or it would silence the stream.</summary>
    [Fact]
    public void AForgeryDoesNotMoveTheCounter()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        Assert.Equal(DropReason.None, pair.Receive(pair.ProtectRtp(SrtpPair.Rtp(100))));
        var forged = pair.ProtectRtp(SrtpPair.Rtp(101));
        for (var i = 0; i < 16; i++)
        {
            (forged[2], forged[3]) = ((byte)(i << 4), 200);
            Assert.Equal(DropReason.SrtpAuthentication, pair.Receive(forged));
        }

        Assert.Equal(DropReason.None, pair.Receive(pair.ProtectRtp(SrtpPair.Rtp(102))));
    }

    [Fact]
    public void RandomLossAndReorderingOverManyWraps() =>
        Gen.Select(Gen.Int[0, 65_535], Gen.Select(Gen.Int[1, 500], Gen.Int[0, 400]).List[50, 200]).Sample(
            (start, steps) =>
            {
                using var pair = new SrtpPair(SrtpProfile.AesCm128HmacSha1Tag80);
                var sent = new List<(long Due, byte[] Wire)>();
                long index = start;
                foreach (var (gap, delay) in steps)
                {
                    sent.Add((index + delay, pair.ProtectRtp(SrtpPair.Rtp((ushort)index))));
                    index += gap;
                }

                // The first packet comes first: nobody can place packets from before the wrap when the stream begins after it.
                foreach (var (_, wire) in sent.Take(1).Concat(sent.Skip(1).OrderBy(s => s.Due)))
                {
                    Assert.Equal(DropReason.None, pair.Receive(wire));
                }
            },
            iter: 15);
}
