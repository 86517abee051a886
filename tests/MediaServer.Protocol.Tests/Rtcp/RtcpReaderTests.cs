using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Tests.Harness;
using static MediaServer.Protocol.Tests.Rtcp.RtcpBuilder;

namespace MediaServer.Protocol.Tests.Rtcp;

public class RtcpReaderTests
{
    private static readonly ReportBlock Block = new(1, 2, 3, 4, 5, 6, 7);

    private static byte[][] Valid =>
    [
        Write((ref RtcpWriter w) => w.AddSenderReport(1, 2, 3, 4, 5, [Block, Block])),
        Write((ref RtcpWriter w) => w.AddReceiverReport(1, [Block])),
        Write((ref RtcpWriter w) => w.AddSourceDescription(1, "name"u8)),
        Write((ref RtcpWriter w) => w.AddBye(1)),
        Write((ref RtcpWriter w) => w.AddNack(1, 2, [3, 4, 500, 65_535])),
        Write((ref RtcpWriter w) => w.AddPli(1, 2)),
        Write((ref RtcpWriter w) => w.AddFir(1, 2, 3)),
        Write((ref RtcpWriter w) => w.AddRemb(1, 1_000_000, [4, 5])),
        Bytes.Hex("8fcd0006 00000001 00000002 0001000a 00000100 200ad001 04040404 04040404"),
        Write((ref RtcpWriter w) =>
        {
            w.AddSenderReport(1, 2, 3, 4, 5, [Block]);
            w.AddSourceDescription(1, "name"u8);
            w.AddNack(1, 2, [3]);
            w.AddRemb(1, 5, []);
        }),
    ];

    /// <summary>Kinds as they come, then how the walk ends.</summary>
    [Theory]
    [InlineData("", "", DropReason.None)]
    [InlineData("80c90001 00000001", "ReceiverReport", DropReason.None)]
    [InlineData("81ce0002 00000001 00000002", "PictureLossIndication", DropReason.None)]
    [InlineData("80c80006 00000001 00000000 00000000 00000000 00000000 00000000 81ca0002 00000001 01000000", "SenderReport SourceDescription", DropReason.None)]
    [InlineData("80c90001 00000001 deadbeef", "ReceiverReport", DropReason.RtcpMalformed)]
    [InlineData("80c90001 00000001 81", "ReceiverReport", DropReason.RtcpMalformed)]
    [InlineData("80c90001 00000001 81ce0003 00000001 00000002", "ReceiverReport", DropReason.RtcpMalformed)]
    [InlineData("80c90001 00000001 40c90001 00000001", "ReceiverReport", DropReason.RtcpMalformed)]
    [InlineData("80c9ffff 00000001", "", DropReason.RtcpMalformed)]
    [InlineData("80c900", "", DropReason.RtcpMalformed)]
    [InlineData("80cb0000", "Bye", DropReason.None)]
    [InlineData("82cd0002 00000001 00000002", "Other", DropReason.None)]
    [InlineData("8fce0003 00000001 00000002 52454d00", "Other", DropReason.None)]
    [InlineData("8fce0001 00000001", "Other", DropReason.None)]
    [InlineData("80cc0002 00000001 61626364", "Other", DropReason.None)]
    [InlineData("80cf0001 00000001", "Other", DropReason.None)]
    public void TheWalk(string hex, string kinds, DropReason end)
    {
        var reader = new RtcpReader(Bytes.Hex(hex));
        var read = new List<RtcpKind>();
        DropReason reason;
        while (reader.TryReadNext(out var packet, out reason))
        {
            Assert.Equal(DropReason.None, reason);
            read.Add(packet.Kind);
        }

        Assert.Equal(end, reason);
        Assert.Equal(kinds, string.Join(' ', read));
        Assert.False(reader.TryReadNext(out _, out var again));
        Assert.Equal(end, again);
    }

    /// <summary>RFC 3550 section 6.4.1: the last byte of padding counts the padding, itself included.</summary>
    [Theory]
    [InlineData("a0c90002 00000001 00000004", 4)]
    [InlineData("a0c90002 00000001 00000008", 0)]
    [InlineData("a0c90002 00000001 00000009", -1)]
    [InlineData("a0c90002 00000001 00000000", -1)]
    [InlineData("a0c90002 00000001 000000ff", -1)]
    [InlineData("a0cb0000", -1)]
    public void PaddingIsTakenOff(string hex, int bodyLength)
    {
        var reader = new RtcpReader(Bytes.Hex(hex));
        Assert.Equal(bodyLength >= 0, reader.TryReadNext(out var packet, out var reason));
        Assert.Equal(bodyLength >= 0 ? DropReason.None : DropReason.RtcpMalformed, reason);
        Assert.Equal(Math.Max(0, bodyLength), packet.Body.Length);
    }

    /// <summary>The header is right but the body holds less than the format or the count needs.</summary>
    [Theory]
    [InlineData("80c80005 00000001 00000000 00000000 00000000 00000000")]
    [InlineData("81c80006 00000001 00000000 00000000 00000000 00000000 00000000")]
    [InlineData("9fc90007 00000001 00000000 00000000 00000000 00000000 00000000 00000000")]
    [InlineData("80c90000")]
    [InlineData("82cb0001 00000001")]
    [InlineData("81cd0002 00000001 00000002")]
    [InlineData("81ce0001 00000001")]
    [InlineData("84ce0002 00000001 00000000")]
    [InlineData("84ce0003 00000001 00000000 00000002")]
    [InlineData("84ce0005 00000001 00000000 00000002 01000000 00000003")]
    [InlineData("8fce0003 00000001 00000000 52454d42")]
    [InlineData("8fce0004 00000001 00000000 52454d42 01000001")]
    [InlineData("8fcd0004 00000001 00000002 00010000 00000000")]
    public void TooShortABodyIsNoView(string hex)
    {
        var reader = new RtcpReader(Bytes.Hex(hex));
        Assert.True(reader.TryReadNext(out var packet, out _));
        Assert.Equal(0, ViewsOf(packet));
    }

    [Fact]
    public void EachPacketIsReadByItsOwnViewOnly()
    {
        foreach (var compound in Valid)
        {
            var reader = new RtcpReader(compound);
            while (reader.TryReadNext(out var packet, out _))
            {
                Assert.Equal(packet.Kind == RtcpKind.SourceDescription ? 0 : 1, ViewsOf(packet));
            }
        }
    }

    /// <summary>A goodbye may give its reason behind the sources (RFC 3550 section 6.6).</summary>
    [Fact]
    public void AReasonForLeavingIsNoSource()
    {
        Assert.True(ByeView.TryParse(Single(Bytes.Hex("81cb0003 00000001 04676f6e 65000000"), RtcpKind.Bye), out var view));
        Assert.Equal((1, 1u), (view.Count, view[0]));
    }

    /// <summary>Larger than 64 bits hold is as much as can be said; nothing times anything is nothing.</summary>
    [Theory]
    [InlineData("00fc0001", 1UL << 63)]
    [InlineData("00fc0002", ulong.MaxValue)]
    [InlineData("00fc0000", 0UL)]
    [InlineData("00bbffff", 0x3FFFFUL << 46)]
    [InlineData("00bc0001", 1UL << 47)]
    [InlineData("00fbffff", ulong.MaxValue)]
    public void GreatEstimatesAreCutTo64Bits(string packed, ulong expected)
    {
        Assert.True(RembView.TryParse(Single(Bytes.Hex("8fce0004 00000001 00000000 52454d42" + packed), RtcpKind.Remb), out var view));
        Assert.Equal(expected, view.Bitrate);
    }

    [Fact]
    public void HostileCompoundsNeverThrow() => CsCheck.Check.Sample(Mutations.Hostile(Valid), bytes =>
    {
        var reader = new RtcpReader(bytes);
        while (reader.TryReadNext(out var packet, out _))
        {
            Assert.True(ViewsOf(packet) <= 1);
        }
    }, iter: 20_000);

    [Fact]
    public void ReadingAllocatesNothing()
    {
        var valid = Valid;
        Assert.Equal(0, Allocations.Of(() =>
        {
            foreach (var compound in valid)
            {
                var reader = new RtcpReader(compound);
                while (reader.TryReadNext(out var packet, out _))
                {
                    ViewsOf(packet);
                }
            }
        }));
    }

    /// <summary>Reads <paramref name="packet"/> with every view, each to its end; how many took it.</summary>
    private static int ViewsOf(scoped in RtcpPacket packet)
    {
        var taken = 0;
        ulong sum = 0;
        if (SenderReportView.TryParse(packet, out var sender))
        {
            taken++;
            sum += Sum(sender.Reports);
        }

        if (ReceiverReportView.TryParse(packet, out var receiver))
        {
            taken++;
            sum += Sum(receiver.Reports);
        }

        if (ByeView.TryParse(packet, out var bye))
        {
            taken++;
            for (var i = 0; i < bye.Count; i++)
            {
                sum += bye[i];
            }
        }

        if (NackView.TryParse(packet, out var nack))
        {
            taken++;
            foreach (var number in nack)
            {
                sum += number;
            }
        }

        taken += PliView.TryParse(packet, out _) ? 1 : 0;
        if (FirView.TryParse(packet, out var fir))
        {
            taken++;
            for (var i = 0; i < fir.Count; i++)
            {
                sum += fir[i];
            }
        }

        if (RembView.TryParse(packet, out var remb))
        {
            taken++;
            for (var i = 0; i < remb.Count; i++)
            {
                sum += remb[i];
            }
        }

        if (TransportFeedbackView.TryParse(packet, out var feedback))
        {
            taken++;
            Span<long> arrivals = stackalloc long[128];
            feedback.TryReadArrivals(arrivals, out var count);
            sum += (ulong)count;
        }

        return sum == ulong.MaxValue ? -1 : taken;
    }

    private static ulong Sum(ReportBlocks blocks)
    {
        ulong sum = 0;
        for (var i = 0; i < blocks.Count; i++)
        {
            sum += blocks[i].Ssrc;
        }

        return sum;
    }
}
