using CsCheck;
using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Tests.Harness;

namespace MediaServer.Protocol.Tests.Codecs;

public class H264Tests
{
    /// <summary>RFC 6184 sections 5.6 to 5.8.</summary>
    [Theory]
    [InlineData("SPS alone", "67 42 00", true)]
    [InlineData("IDR alone", "65 88 84", true)]
    [InlineData("IDR with another importance", "25 88", true)]
    [InlineData("PPS alone", "68 ce", false)]
    [InlineData("SEI alone", "06 05", false)]
    [InlineData("AUD alone", "09 f0", false)]
    [InlineData("slice of another picture", "41 9a", false)]
    [InlineData("STAP-A: SPS, PPS", "78 0002 6742 0002 68ce", true)]
    [InlineData("STAP-A: AUD, SPS", "78 0002 09f0 0002 6742", true)]
    [InlineData("STAP-A: PPS, IDR", "78 0002 68ce 0003 658884", true)]
    [InlineData("STAP-A: SEI, slice", "78 0002 0605 0002 419a", false)]
    [InlineData("STAP-A: unit of no bytes ends it", "78 0000 0002 6742", false)]
    [InlineData("STAP-A: unit longer than the packet", "78 0009 6742", false)]
    [InlineData("STAP-A: nothing in it", "78", false)]
    [InlineData("STAP-A: half a length", "78 00", false)]
    [InlineData("FU-A: start of an IDR", "7c 85 88", true)]
    [InlineData("FU-A: middle of an IDR", "7c 05 88", false)]
    [InlineData("FU-A: end of an IDR", "7c 45 88", false)]
    [InlineData("FU-A: start of a slice", "7c 81 88", false)]
    [InlineData("FU-A: start of an SPS", "7c 87 42", true)]
    [InlineData("FU-A: no header", "7c", false)]
    [InlineData("FU-B is of mode 2", "7d 85 88", false)]
    [InlineData("nothing", "", false)]
    public void WhereDecodingCanBegin(string why, string hex, bool expected) => Assert.True(H264Payload.IsKeyFrameStart(Bytes.Hex(hex)) == expected, why);

    /// <summary>Sets that encoders wrote: Chromium's (WebCodecs) and x264.</summary>
    [Theory]
    [InlineData("Chromium 156, baseline", "6742c01f8c8d402802dd37010d0107844235", 1280, 720)]
    [InlineData("Chromium 156, baseline, cropped", "6742c00d8c8d40a0cbcf37010d0107844235", 320, 180)]
    [InlineData("x264 baseline", "6742c01fd9005005bb0110000003001000000303c0f1832480", 1280, 720)]
    [InlineData("x264 high, cropped", "67640028acd940780227e5c044000003000400000300f03c60c658", 1920, 1080)]
    [InlineData("x264 high, cropped, emulation prevention", "6764001eacd940a02ff970110000030001000003003c0f162d96", 640, 360)]
    public void SizesOfRealParameterSets(string why, string hex, int width, int height)
    {
        var sps = Bytes.Hex(hex);
        Assert.True(H264Payload.TryReadSpsSize(sps, out var readWidth, out var readHeight), why);
        Assert.Equal((width, height), (readWidth, readHeight));
        byte[] stap = [0x78, 0, 2, 0x09, 0xF0, 0, (byte)sps.Length, .. sps, 0, 4, 0x68, 0xCE, 0x3C, 0x80];
        Assert.True(H264Payload.TryReadSpsSize(stap, out readWidth, out readHeight), why);
        Assert.Equal((width, height), (readWidth, readHeight));
        for (var cut = 0; cut < 8; cut++)
        {
            Assert.False(H264Payload.TryReadSpsSize(sps.AsSpan(0, cut), out _, out _), $"{why} cut at {cut}");
        }
    }

    /// <summary>Section 7.3.2.1.1 of H.264 from scratch: any size, crop, order type, interlaced or not, chroma format.</summary>
    [Fact]
    public void SizesOfAnyParameterSet() => Gen.Select(
        Gen.Int[0, 5].Select(i => ((int[])[66, 77, 100, 110, 122, 244])[i]),
        Gen.Int[1, 200],
        Gen.Int[1, 200],
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 7], Gen.Int[0, 7], Gen.Int[0, 7]),
        Gen.Select(Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 3], Gen.Bool)).Sample((profile, width, height, crop, shape) =>
        {
            var (order, framesOnly, chroma, cropped) = shape;
            var (left, right, top, bottom) = crop;
            var format = profile >= 100 ? chroma : 1;
            var sps = new SpsWriter(profile).Write(format, order, width, height, framesOnly, cropped ? crop : null);
            var (unitX, unitY) = (format is 1 or 2 ? 2 : 1, (format == 1 ? 2 : 1) * (framesOnly ? 1 : 2));
            var expectedWidth = (width * 16) - (cropped ? (left + right) * unitX : 0);
            var expectedHeight = (height * 16 * (framesOnly ? 1 : 2)) - (cropped ? (top + bottom) * unitY : 0);
            var good = expectedWidth > 0 && expectedHeight > 0;
            Assert.Equal(good, H264Payload.TryReadSpsSize(sps, out var readWidth, out var readHeight));
            if (good)
            {
                Assert.Equal((expectedWidth, expectedHeight), (readWidth, readHeight));
            }
        });

    [Theory]
    [InlineData("the width's code never ends", "67 42 00 1f 80 00 00 00 00 00 00")]
    [InlineData("nothing but zeros", "67 42 00 1f 00 00 00 00 00 00 00 00 00 00")]
    [InlineData("scaling lists", "67 64 00 1f ae d8 00 00 00 00")]
    [InlineData("PPS", "68 ce 3c 80")]
    [InlineData("STAP-A without SPS", "78 0004 68ce3c80")]
    [InlineData("FU-A", "7c 87 42 00 1f 8c 8d 40 28 02 dd")]
    public void WhatHasNoSize(string why, string hex) => Assert.False(H264Payload.TryReadSpsSize(Bytes.Hex(hex), out _, out _), why);

    [Fact]
    public void HostilePayloadsNeverThrow() =>
        Mutations.Hostile(Bytes.Hex("6742c01f8c8d402802dd00f08846a0"), Bytes.Hex("78 0002 09f0 000e 6764001eacd940a02ff961000003 0004 68ce3c80"), Bytes.Hex("7c8588")).Sample(
            bytes =>
            {
                H264Payload.IsKeyFrameStart(bytes);
                if (H264Payload.TryReadSpsSize(bytes, out var width, out var height))
                {
                    Assert.InRange(width, 1, 16_384);
                    Assert.InRange(height, 1, 32_768);
                }
            },
            iter: 20_000);
}
