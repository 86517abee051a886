using CsCheck;
using MediaServer.Protocol.Rtcp;
using static MediaServer.Protocol.Tests.Rtcp.RtcpBuilder;

namespace MediaServer.Protocol.Tests.Rtcp;

public class RoundtripTests
{
    private static readonly Gen<ReportBlock> Blocks = Gen.Select(Gen.UInt, Gen.Byte, Gen.Int[-0x800000, 0x7FFFFF], Gen.UInt, Gen.UInt, Gen.UInt, Gen.UInt)
        .Select((ssrc, fraction, lost, highest, jitter, lsr, dlsr) => new ReportBlock(ssrc, fraction, lost, highest, jitter, lsr, dlsr));

    [Fact]
    public void Reports() => Gen.Select(Gen.UInt, Gen.ULong, Gen.UInt, Gen.UInt, Gen.UInt, Blocks.Array[0, 31]).Sample((ssrc, ntp, rtp, packets, octets, blocks) =>
    {
        Assert.True(SenderReportView.TryParse(
            Single(Write((ref RtcpWriter w) => w.AddSenderReport(ssrc, ntp, rtp, packets, octets, blocks)), RtcpKind.SenderReport), out var sender));
        Assert.Equal((ssrc, ntp, rtp, packets, octets), (sender.SenderSsrc, sender.NtpTimestamp, sender.RtpTimestamp, sender.PacketCount, sender.OctetCount));
        Assert.Equal(blocks, ToArray(sender.Reports));
        Assert.True(ReceiverReportView.TryParse(Single(Write((ref RtcpWriter w) => w.AddReceiverReport(ssrc, blocks)), RtcpKind.ReceiverReport), out var receiver));
        Assert.Equal(ssrc, receiver.SenderSsrc);
        Assert.Equal(blocks, ToArray(receiver.Reports));
    });

    [Fact]
    public void Nacks() => Gen.Select(Gen.UShort, Gen.Int[1, 40].List[1, 60]).Sample((start, gaps) =>
    {
        var lost = new List<ushort>();
        int next = start;
        foreach (var gap in gaps)
        {
            lost.Add((ushort)next);
            next += gap;
        }

        Assert.True(NackView.TryParse(Single(Write((ref RtcpWriter w) => w.AddNack(1, 2, lost.ToArray())), RtcpKind.Nack), out var view));
        Assert.Equal((1u, 2u), (view.SenderSsrc, view.MediaSsrc));
        var read = new List<ushort>();
        foreach (var number in view)
        {
            read.Add(number);
        }

        Assert.Equal(lost, read);
    });

    /// <summary>18 bits of mantissa: never above what was estimated, and at most 1/2^17 below.</summary>
    [Fact]
    public void Estimates() => Gen.Select(Gen.ULong, Gen.Int[0, 63], Gen.UInt.Array[0, 5]).Sample((bits, shift, ssrcs) =>
    {
        var bitrate = bits >> shift;
        Assert.True(RembView.TryParse(Single(Write((ref RtcpWriter w) => w.AddRemb(1, bitrate, ssrcs)), RtcpKind.Remb), out var view));
        Assert.True(view.Bitrate <= bitrate && bitrate - view.Bitrate <= bitrate >> 17, $"{bitrate} -> {view.Bitrate}");
        Assert.Equal(ssrcs.Length, view.Count);
        for (var i = 0; i < ssrcs.Length; i++)
        {
            Assert.Equal(ssrcs[i], view[i]);
        }
    });

    [Fact]
    public void KeyFrameRequestsAndGoodbyes() => Gen.Select(Gen.UInt, Gen.UInt, Gen.Byte).Sample((sender, media, number) =>
    {
        Assert.True(PliView.TryParse(Single(Write((ref RtcpWriter w) => w.AddPli(sender, media)), RtcpKind.PictureLossIndication), out var pli));
        Assert.Equal((sender, media), (pli.SenderSsrc, pli.MediaSsrc));
        Assert.True(FirView.TryParse(Single(Write((ref RtcpWriter w) => w.AddFir(sender, media, number)), RtcpKind.FullIntraRequest), out var fir));
        Assert.Equal((1, media), (fir.Count, fir[0]));
        Assert.True(ByeView.TryParse(Single(Write((ref RtcpWriter w) => w.AddBye(sender)), RtcpKind.Bye), out var bye));
        Assert.Equal((1, sender), (bye.Count, bye[0]));
    });

    /// <summary>RFC 3550 section 4: 1 January 1970 is 2208988800 s after 1900; LSR is the middle 32 bits.</summary>
    [Theory]
    [InlineData(0, 0x83AA7E80_00000000)]
    [InlineData(1_000_000, 0x83AA7E81_00000000)]
    [InlineData(500_000, 0x83AA7E80_80000000)]
    [InlineData(-500_000, 0x83AA7E7F_80000000)]
    [InlineData(1_700_000_000_250_000, 0xE8FE6F80_40000000)]
    public void NtpTimes(long unixMicroseconds, ulong expected)
    {
        Assert.Equal(expected, NtpTime.FromUnixMicroseconds(unixMicroseconds));
        Assert.Equal((uint)((expected >> 16) & 0xFFFF_FFFF), NtpTime.Middle32(expected));
    }

    [Fact]
    public void NtpDurationsAreRightToAMicrosecond() => Gen.Long[-1_000_000_000_000, 1_000_000_000_000].Sample(microseconds =>
        Assert.InRange(NtpTime.ToMicroseconds((long)NtpTime.FromMicroseconds(microseconds)), microseconds - 1, microseconds));

    private static ReportBlock[] ToArray(ReportBlocks blocks)
    {
        var read = new ReportBlock[blocks.Count];
        for (var i = 0; i < read.Length; i++)
        {
            read[i] = blocks[i];
        }

        return read;
    }
}
