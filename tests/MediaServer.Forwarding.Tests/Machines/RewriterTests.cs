using MediaServer.Forwarding.Subscriptions;
using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Tests.Machines;

public class RewriterTests
{
    [Fact]
    public void TimestampsFollowTheClockAcrossASwitchAndAWrap()
    {
        var rewriter = new TimestampRewriter(uint.MaxValue - 10);
        rewriter.Switch(500, 90_000, null, At(0));
        Assert.Equal(uint.MaxValue - 10, rewriter.Map(500));
        rewriter.OnSent(rewriter.Map(500), At(0));
        rewriter.OnSent(rewriter.Map(3500), At(33));
        rewriter.Switch(4_000_000_000, 90_000, null, At(133));
        Assert.Equal(unchecked(uint.MaxValue - 10 + 3000 + 9000), rewriter.Map(4_000_000_000));
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(94_000, 94_000)]
    [InlineData(200_000, 4500)]
    [InlineData(-5, 1)]
    [InlineData(0, 1)]
    public void AnExactDistanceIsBelievedWithinASecondAndNeverGoesBack(int exact, int expected)
    {
        var rewriter = new TimestampRewriter(1000);
        rewriter.Switch(0, 90_000, null, At(0));
        rewriter.OnSent(1000, At(0));
        rewriter.Switch(7, 90_000, unchecked((uint)(1000 + exact)), At(50));
        Assert.Equal(expected, (int)(rewriter.Map(7) - 1000));
    }

    [Fact]
    public void ASwitchWithinTheSameInstantStillMovesOn()
    {
        var rewriter = new TimestampRewriter(1000);
        rewriter.Switch(0, 48_000, null, At(0));
        rewriter.OnSent(1000, At(0));
        rewriter.Switch(9, 48_000, null, At(0));
        Assert.Equal(1001u, rewriter.Map(9));
    }

    [Fact]
    public void PictureIdsGoOnFromTheHighestAcrossSwitchesAndWraps()
    {
        var rewriter = new Vp8Rewriter();
        rewriter.Switch(Descriptor(0x7FFF, 255));
        Assert.Equal(new Vp8Numbers(true, 1, 1), rewriter.Map(Descriptor(0x7FFF, 255)));
        Assert.Equal(new Vp8Numbers(true, 3, 3), rewriter.Map(Descriptor(1, 1)));
        Assert.Equal(new Vp8Numbers(true, 2, 2), rewriter.Map(Descriptor(0, 0)));
        rewriter.Switch(Descriptor(77, 3));
        Assert.Equal(new Vp8Numbers(true, 4, 4), rewriter.Map(Descriptor(77, 3)));
    }

    [Fact]
    public void ADescriptorWithoutNumbersIsLeftAlone()
    {
        Assert.True(Vp8PayloadDescriptor.TryParse([0x10, 0, 0, 0], out var descriptor));
        Assert.False(new Vp8Rewriter().Map(descriptor).Present);
    }

    [Theory]
    [InlineData("packetization-mode=1;profile-level-id=42e01f", "profile-level-id=42001F; packetization-mode=1", true)]
    [InlineData("packetization-mode=1;profile-level-id=42e01f", "packetization-mode=0;profile-level-id=42e01f", false)]
    [InlineData("packetization-mode=1;profile-level-id=42e01f", "packetization-mode=1;profile-level-id=640c1f", false)]
    [InlineData("", "profile-level-id=42e01f", true)]
    public void H264MatchesByModeAndProfile(string slot, string source, bool compatible) => Assert.Equal(
        compatible,
        CodecMatch.AreCompatible(
            new NegotiatedCodec(MediaCodec.H264, 1, null, 90_000, slot), new NegotiatedCodec(MediaCodec.H264, 2, null, 90_000, source)));

    private static MonotonicTime At(long milliseconds) => MonotonicTime.FromMilliseconds(milliseconds);

    private static Vp8PayloadDescriptor Descriptor(int pictureId, byte tl0)
    {
        byte[] payload = [0x90, 0xC0, (byte)(0x80 | (pictureId >> 8)), (byte)pictureId, tl0, 1, 2];
        Assert.True(Vp8PayloadDescriptor.TryParse(payload, out var descriptor));
        return descriptor;
    }
}
