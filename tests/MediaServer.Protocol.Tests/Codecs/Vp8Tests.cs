using CsCheck;
using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Tests.Harness;

namespace MediaServer.Protocol.Tests.Codecs;

public class Vp8Tests
{
    /// <summary>1280x720, as RFC 6386 section 9.1 writes it: frame tag, start code, sizes with scaling bits.</summary>
    private const string KeyFrame = "100200 9d012a 0045 d082 00000000";

    /// <summary>RFC 7741 section 4.2: descriptor and one byte of payload; expected: length, picture id ("7:5", "15:300", "-"), TL0PICIDX, TID and Y.</summary>
    [Theory]
    [InlineData("10 01", 1, "-", "-", "-")]
    [InlineData("80 00 01", 2, "-", "-", "-")]
    [InlineData("80 80 05 01", 3, "7:5", "-", "-")]
    [InlineData("80 80 7f 01", 3, "7:127", "-", "-")]
    [InlineData("80 80 80 05 01", 4, "15:5", "-", "-")]
    [InlineData("80 80 ff ff 01", 4, "15:32767", "-", "-")]
    [InlineData("80 40 ab 01", 3, "-", "171", "-")]
    [InlineData("80 20 e0 01", 3, "-", "-", "3Y")]
    [InlineData("80 20 40 01", 3, "-", "-", "1")]
    [InlineData("80 10 ff 01", 3, "-", "-", "-")]
    [InlineData("80 30 ff 01", 3, "-", "-", "3Y")]
    [InlineData("80 c0 05 ab 01", 4, "7:5", "171", "-")]
    [InlineData("80 e0 81 2c ab 80 01", 6, "15:300", "171", "2")]
    [InlineData("80 f0 81 2c ab a5 01", 6, "15:300", "171", "2Y")]
    [InlineData("80 a0 05 20 01", 4, "7:5", "-", "0Y")]
    [InlineData("ff f0 81 2c ab a5 01", 6, "15:300", "171", "2Y")]
    public void EveryFormOfTheDescriptor(string hex, int length, string pictureId, string tl0, string tid)
    {
        var payload = Bytes.Hex(hex);
        Assert.True(Vp8PayloadDescriptor.TryParse(payload, out var d));
        Assert.Equal(length, d.Length);
        Assert.Equal(pictureId, d.HasPictureId ? $"{d.PictureIdBits}:{d.PictureId}" : "-");
        Assert.Equal(tl0, d.HasTl0PicIdx ? $"{d.Tl0PicIdx}" : "-");
        Assert.Equal(tid, d.HasTid ? $"{d.Tid}{(d.LayerSync ? "Y" : "")}" : "-");
        for (var cut = 0; cut <= length; cut++)
        {
            Assert.False(Vp8PayloadDescriptor.TryParse(payload.AsSpan(0, cut), out _), $"cut at {cut}");
        }
    }

    /// <summary>Start: S set, partition 0. Key frame: a start whose first payload bit says so (RFC 7741 section 4.3).</summary>
    [Theory]
    [InlineData("10 00", true, true)]
    [InlineData("10 01", true, false)]
    [InlineData("00 00", false, false)]
    [InlineData("11 00", false, false)]
    [InlineData("17 00", false, false)]
    [InlineData("30 00", true, true)]
    [InlineData("90 80 05 00", true, true)]
    [InlineData("90 80 05 01", true, false)]
    [InlineData("18 00", true, true)]
    public void StartsAndKeyFrames(string hex, bool start, bool key)
    {
        Assert.True(Vp8PayloadDescriptor.TryParse(Bytes.Hex(hex), out var d));
        Assert.Equal((start, key), (d.IsStartOfFrame, d.IsKeyFrame));
    }

    [Theory]
    [InlineData("10" + KeyFrame, 1280, 720)]
    [InlineData("90e0800500c0" + KeyFrame, 1280, 720)]
    [InlineData("10 100200 9d012a ffff ffff", 16383, 16383)]
    [InlineData("10 100200 9d012a 0000 d002", 0, 0)]
    [InlineData("10 110200 9d012a 0005 d002", 0, 0)]
    [InlineData("10 100200 9d012b 0005 d002", 0, 0)]
    [InlineData("10 100200 9d012a 0005 d0", 0, 0)]
    [InlineData("00 100200 9d012a 0005 d002", 0, 0)]
    [InlineData("10", 0, 0)]
    [InlineData("", 0, 0)]
    public void TheSizeOfAKeyFrame(string hex, int width, int height)
    {
        var bytes = Bytes.Hex(hex);
        Assert.Equal(width > 0, Vp8PayloadDescriptor.TryReadKeyFrameSize(bytes, out var readWidth, out var readHeight));
        Assert.Equal(width, width > 0 ? readWidth : 0);
        Assert.Equal(height, width > 0 ? readHeight : 0);
    }

    /// <summary>Rewriting changes the ids, cut to the publisher's width, and not one other bit.</summary>
    [Theory]
    [InlineData("80 e0 81 2c ab 80 55", 0x7FFF, "80 e0 ff ff 07 80 55")]
    [InlineData("80 e0 81 2c ab 80 55", 0x8001, "80 e0 80 01 07 80 55")]
    [InlineData("80 f0 05 ab a5 55", 300, "80 f0 2c 07 a5 55")]
    [InlineData("80 80 05 55", 129, "80 80 01 55")]
    [InlineData("80 40 ab 55", 5, "80 40 07 55")]
    [InlineData("80 20 e0 55", 5, "80 20 e0 55")]
    [InlineData("10 55", 5, "10 55")]
    public void RewritingTouchesTheIdsOnly(string hex, int pictureId, string expected)
    {
        var payload = Bytes.Hex(hex);
        Assert.True(Vp8PayloadDescriptor.TryParse(payload, out var d));
        Vp8PayloadDescriptor.Rewrite(payload, d, pictureId, 7);
        Assert.Equal(Bytes.Hex(Bytes.Hex(expected)), Bytes.Hex(payload));
    }

    [Fact]
    public void AFrameThatIsCutComesTogetherAgain() =>
        Gen.Select(Gen.Byte.Array[1, 5_000], Gen.Int[Vp8Packetizer.DescriptorLength + 1, 1_300], Gen.Int[0, 40_000], Gen.Byte).Sample((frame, max, pictureId, tl0) =>
        {
            var packetizer = new Vp8Packetizer(frame, max, pictureId, tl0);
            var buffer = new byte[max];
            var together = new List<byte>();
            var packets = 0;
            var ended = false;
            while (packetizer.TryWriteNext(buffer, out var length, out var last))
            {
                Assert.False(ended);
                Assert.True(length <= max && (last || length == max));
                Assert.True(Vp8PayloadDescriptor.TryParse(buffer.AsSpan(0, length), out var d));
                Assert.Equal((15, pictureId & 0x7FFF, tl0, packets == 0), (d.PictureIdBits, d.PictureId, d.Tl0PicIdx, d.IsStartOfFrame));
                Assert.Equal(packets == 0 && (frame[0] & 1) == 0, d.IsKeyFrame);
                together.AddRange(buffer.AsSpan(d.Length, length - d.Length));
                ended = last;
                packets++;
            }

            Assert.True(ended);
            Assert.Equal(frame, together);
        });

    [Fact]
    public void HostilePayloadsNeverThrow() =>
        Mutations.Hostile(Bytes.Hex("90e0800500c010020000"), Bytes.Hex("90f0812caba5100200 9d012a 0005 d002 00")).Sample(
            bytes =>
            {
                Vp8PayloadDescriptor.TryReadKeyFrameSize(bytes, out _, out _);
                if (Vp8PayloadDescriptor.TryParse(bytes, out var d))
                {
                    Assert.InRange(d.Length, 1, Math.Min(6, bytes.Length - 1));
                    Vp8PayloadDescriptor.Rewrite(bytes, d, 1, 2);
                    Assert.True(Vp8PayloadDescriptor.TryParse(bytes, out var again));
                    Assert.Equal((d.Length, d.HasTl0PicIdx, d.PictureIdBits, d.Tid), (again.Length, again.HasTl0PicIdx, again.PictureIdBits, again.Tid));
                }
            },
            iter: 20_000);
}
