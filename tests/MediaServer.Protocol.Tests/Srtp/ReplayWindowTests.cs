using CsCheck;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Tests.Srtp;

public class ReplayWindowTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(1023, true)]
    [InlineData(1024, false)]
    [InlineData(1025, false)]
    [InlineData(65_536, false)]
    public void HowFarBackAPacketMayLie(long behind, bool accepted)
    {
        foreach (var highest in (long[])[65_536, 100_000, 65_535 + 1024, 1L << 40])
        {
            var window = new ReplayWindow();
            window.Accept(highest);
            Assert.Equal(accepted && behind > 0, window.MayAccept(highest - behind));
        }
    }

    [Fact]
    public void NothingLiesBeforeZero()
    {
        var window = new ReplayWindow();
        Assert.Equal(-1, window.Highest);
        Assert.True(window.MayAccept(0));
        Assert.False(window.MayAccept(-1));
        window.Accept(5);
        Assert.False(window.MayAccept(-1));
        Assert.True(window.MayAccept(4));
    }

    /// <summary>Against the plainest model: a set of all that was accepted.</summary>
    [Fact]
    public void AcceptsExactlyWhatIsNewAndNotTooOld() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[-1100, 1100], Gen.Int[0, 200_000]).List[1, 300].Sample(steps =>
        {
            var window = new ReplayWindow();
            var accepted = new HashSet<long>();
            long index = 0, highest = -1;
            foreach (var (kind, near, far) in steps)
            {
                index = kind switch { 0 => index + far, < 5 => index + 1, _ => Math.Max(0, index + near) };
                var expected = !accepted.Contains(index) && index > highest - ReplayWindow.Length;
                Assert.Equal(expected, window.MayAccept(index));
                if (expected)
                {
                    window.Accept(index);
                    accepted.Add(index);
                }

                Assert.False(window.MayAccept(index));
                highest = Math.Max(highest, index);
                Assert.Equal(highest, window.Highest);
            }
        });
}
