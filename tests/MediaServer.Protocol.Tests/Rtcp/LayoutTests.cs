using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Tests.Harness;
using static MediaServer.Protocol.Tests.Rtcp.RtcpBuilder;

namespace MediaServer.Protocol.Tests.Rtcp;

/// <summary>What is written, byte by byte as the RFCs draw it.</summary>
public class LayoutTests
{
    private static readonly ReportBlock Block = new(0x11223344, 0x80, -2, 0x0001FFFF, 5, 0xAABBCCDD, 0x00010000);

    /// <summary>RFC 3550 section 6.4.1.</summary>
    [Fact]
    public void SenderReport() => Is(
        """
        81c8000c 01020304 e4000000 80000000 00001000 00000007 00000900
        11223344 80fffffe 0001ffff 00000005 aabbccdd 00010000
        """,
        (ref RtcpWriter w) => w.AddSenderReport(0x01020304, 0xE4000000_80000000, 0x1000, 7, 0x900, [Block]));

    /// <summary>RFC 3550 section 6.4.2.</summary>
    [Fact]
    public void ReceiverReport() => Is(
        "82c9000d 01020304 11223344 80fffffe 0001ffff 00000005 aabbccdd 00010000 00000009 ff7fffff 00000000 00000000 00000000 00000000",
        (ref RtcpWriter w) => w.AddReceiverReport(0x01020304, [Block, new ReportBlock(9, 255, 20_000_000, 0, 0, 0, 0)]));

    /// <summary>RFC 3550 section 6.5: at least one null behind the items, the chunk filled to 32 bits.</summary>
    [Theory]
    [InlineData("", "81ca0002 01020304 01000000")]
    [InlineData("a", "81ca0002 01020304 01016100")]
    [InlineData("ab", "81ca0003 01020304 01026162 00000000")]
    [InlineData("abc", "81ca0003 01020304 01036162 63000000")]
    [InlineData("abcde", "81ca0003 01020304 01056162 63646500")]
    [InlineData("abcdef", "81ca0004 01020304 01066162 63646566 00000000")]
    public void SourceDescription(string cname, string expected) =>
        Is(expected, (ref RtcpWriter w) => w.AddSourceDescription(0x01020304, System.Text.Encoding.UTF8.GetBytes(cname)));

    /// <summary>RFC 3550 section 6.6.</summary>
    [Fact]
    public void Bye() => Is("81cb0001 01020304", (ref RtcpWriter w) => w.AddBye(0x01020304));

    /// <summary>RFC 4585 section 6.2.1.</summary>
    [Theory]
    [InlineData(new[] { 5 }, "81cd0003 00000001 00000002 00050000")]
    [InlineData(new[] { 5, 6, 21 }, "81cd0003 00000001 00000002 00058001")]
    [InlineData(new[] { 5, 22 }, "81cd0004 00000001 00000002 00050000 00160000")]
    [InlineData(new[] { 65_535, 0, 15, 16 }, "81cd0004 00000001 00000002 ffff8001 00100000")]
    [InlineData(new[] { 65_520, 65_535 }, "81cd0003 00000001 00000002 fff04000")]
    public void Nack(int[] lost, string expected) =>
        Is(expected, (ref RtcpWriter w) => w.AddNack(1, 2, [.. lost.Select(l => (ushort)l)]));

    /// <summary>RFC 4585 section 6.3.1.</summary>
    [Fact]
    public void PictureLossIndication() => Is("81ce0002 00000001 00000002", (ref RtcpWriter w) => w.AddPli(1, 2));

    /// <summary>RFC 5104 section 4.3.1.1: the media SSRC of the header is 0, the entry names it.</summary>
    [Fact]
    public void FullIntraRequest() => Is("84ce0004 00000001 00000000 00000002 07000000", (ref RtcpWriter w) => w.AddFir(1, 2, 7));

    /// <summary>draft-alvestrand-rmcat-remb-03 section 2.2: 6 bits of exponent, 18 of mantissa.</summary>
    [Theory]
    [InlineData(0UL, "00000000")]
    [InlineData(1UL, "00000001")]
    [InlineData(0x3FFFFUL, "0003ffff")]
    [InlineData(0x40000UL, "00060000")]
    [InlineData(4_000_000UL, "0013d090")]
    [InlineData(ulong.MaxValue, "00bbffff")]
    public void ReceiverEstimate(ulong bitrate, string expected)
    {
        Is($"8fce0004 00000001 00000000 52454d42 {expected}", (ref RtcpWriter w) => w.AddRemb(1, bitrate, []));
        Is($"8fce0006 00000001 00000000 52454d42 02{expected[2..]} 0000000a 0000000b", (ref RtcpWriter w) => w.AddRemb(1, bitrate, [10, 11]));
    }

    [Fact]
    public void PacketsFollowOneAnother() => Is(
        "80c90001 00000001 81ce0002 00000001 00000002 81cb0001 00000001",
        (ref RtcpWriter w) =>
        {
            w.AddReceiverReport(1, []);
            w.AddPli(1, 2);
            w.AddBye(1);
        });

    private static void Is(string expected, WriteRtcp write) => Assert.Equal(Bytes.Hex(Bytes.Hex(expected)), Bytes.Hex(Write(write)));
}
