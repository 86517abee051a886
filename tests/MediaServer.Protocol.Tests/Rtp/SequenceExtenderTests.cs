using CsCheck;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Protocol.Tests.Rtp;

public class SequenceExtenderTests
{
    private static readonly int[] Edges = [0, 1, 127, 128, 32_767, 32_768, 65_534, 65_535];

    public static TheoryData<int, int> Sweep
    {
        get
        {
            var rows = new TheoryData<int, int>();
            foreach (var start in Edges)
            {
                foreach (var next in Edges)
                {
                    rows.Add(start, next);
                }
            }

            return rows;
        }
    }

    /// <summary>The second number is the one nearest to the first; at exactly half the space it counts as older.</summary>
    [Theory]
    [MemberData(nameof(Sweep))]
    public void TheNearestIsMeant(int first, int next)
    {
        var extender = default(SequenceExtender);
        Assert.False(extender.HasValue);
        var start = extender.Extend((ushort)first);
        Assert.Equal(0x10000 + first, start);
        var ahead = (next - first + 0x10000) % 0x10000;
        var expected = ahead < 0x8000 ? start + ahead : start + ahead - 0x10000;
        Assert.Equal(expected, extender.Peek((ushort)next));
        Assert.Equal(start, extender.Highest);
        Assert.Equal(expected, extender.Extend((ushort)next));
        Assert.Equal(Math.Max(start, expected), extender.Highest);
        Assert.Equal((ushort)next, (ushort)expected);
        Assert.True(expected > 0);
    }

    [Fact]
    public void AnyWalkWithinHalfTheSpaceIsFollowed() => Gen.Select(Gen.UShort, Gen.Int[-32_768, 32_767].List[0, 200]).Sample((start, steps) =>
    {
        var extender = default(SequenceExtender);
        var highest = extender.Extend(start);
        foreach (var step in steps)
        {
            var truth = highest + step;
            Assert.Equal(truth, extender.Extend((ushort)truth));
            highest = Math.Max(highest, truth);
            Assert.Equal(highest, extender.Highest);
        }
    });

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 1)]
    [InlineData(0, 1, -1)]
    [InlineData(0, 65_535, 1)]
    [InlineData(65_535, 0, -1)]
    [InlineData(32_767, 0, 32_767)]
    [InlineData(32_768, 0, -32_768)]
    [InlineData(0, 32_768, -32_768)]
    [InlineData(128, 127, 1)]
    public void DifferencesWrap(int a, int b, int expected)
    {
        Assert.Equal(expected, SerialNumber.Difference((ushort)a, (ushort)b));
        Assert.Equal(expected > 0, SerialNumber.IsNewer((ushort)a, (ushort)b));
    }

    [Theory]
    [InlineData(0u, uint.MaxValue, 1)]
    [InlineData(uint.MaxValue, 0u, -1)]
    [InlineData(0x7FFFFFFFu, 0u, int.MaxValue)]
    [InlineData(0x80000000u, 0u, int.MinValue)]
    public void TimestampDifferencesWrap(uint a, uint b, int expected) => Assert.Equal(expected, SerialNumber.Difference(a, b));

    /// <summary>RFC 4588 section 4: the original number stands in front of the original payload.</summary>
    [Theory]
    [InlineData(new byte[] { }, false, 0)]
    [InlineData(new byte[] { 1 }, false, 0)]
    [InlineData(new byte[] { 0x12, 0x34 }, true, 0x1234)]
    [InlineData(new byte[] { 0xFF, 0xFF, 9 }, true, 0xFFFF)]
    public void RetransmissionsCarryTheOriginalNumber(byte[] payload, bool good, int original)
    {
        Assert.Equal(good, RtxPayload.TryReadOriginal(payload, out var read));
        Assert.Equal(original, read);
        var written = new byte[2];
        RtxPayload.WriteOriginal(written, (ushort)original);
        Assert.Equal([(byte)(original >> 8), (byte)original], written);
    }
}
