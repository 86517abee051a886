using CsCheck;
using MediaServer.Protocol.Codecs;

namespace MediaServer.Protocol.Tests.Codecs;

public class OpusTocTests
{
    /// <summary>Table 2 of RFC 6716: for each configuration the frame's length in tenths of a millisecond.</summary>
    private static readonly int[] FrameTenths =
    [
        100, 200, 400, 600, 100, 200, 400, 600, 100, 200, 400, 600, // SILK NB, MB, WB
        100, 200, 100, 200, // hybrid SWB, FB
        25, 50, 100, 200, 25, 50, 100, 200, 25, 50, 100, 200, 25, 50, 100, 200, // CELT NB, WB, SWB, FB
    ];

    public static TheoryData<int, int> Configurations
    {
        get
        {
            var rows = new TheoryData<int, int>();
            for (var i = 0; i < 32; i++)
            {
                rows.Add(i, FrameTenths[i]);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void EveryConfigurationWithEveryCountCode(int configuration, int tenths)
    {
        var samples = tenths * 48 / 10;
        foreach (var stereo in (bool[])[false, true])
        {
            var toc = (byte)((configuration << 3) | (stereo ? 4 : 0));
            Check([toc], 1, samples, stereo);
            Check([(byte)(toc | 1), 0], 2, samples, stereo);
            Check([(byte)(toc | 2), 0], 2, samples, stereo);
            for (var frames = 0; frames < 64; frames++)
            {
                // Code 3: 48 frames at most, and 120 ms at most (requirement R5 of section 3.4).
                var good = frames > 0 && frames * tenths <= 1200;
                foreach (var flags in (int[])[0, 0x40, 0x80, 0xC0])
                {
                    Check([(byte)(toc | 3), (byte)(frames | flags)], good ? frames : 0, samples, stereo);
                }
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 3 })]
    public void WhatHasNoCountIsRefused(byte[] payload) => Assert.False(OpusToc.TryParse(payload, out _));

    [Fact]
    public void NothingIsLongerThan120Milliseconds() => Gen.Byte.Array[0, 10].Sample(
        payload => Assert.True(!OpusToc.TryParse(payload, out var toc) || toc.Samples is >= 120 and <= 5760), iter: 10_000);

    private static void Check(byte[] payload, int frames, int samples, bool stereo)
    {
        Assert.Equal(frames > 0, OpusToc.TryParse(payload, out var toc));
        if (frames > 0)
        {
            Assert.Equal((frames, samples, frames * samples, stereo), (toc.FrameCount, toc.SamplesPerFrame, toc.Samples, toc.Stereo));
        }
    }
}
