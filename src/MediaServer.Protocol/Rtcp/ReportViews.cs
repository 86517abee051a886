using System.Buffers.Binary;

namespace MediaServer.Protocol.Rtcp;

/// <summary>RFC 3550 section 6.4.1.</summary>
public readonly ref struct SenderReportView
{
    private SenderReportView(ReadOnlySpan<byte> body, int count)
    {
        SenderSsrc = BinaryPrimitives.ReadUInt32BigEndian(body);
        NtpTimestamp = BinaryPrimitives.ReadUInt64BigEndian(body[4..]);
        RtpTimestamp = BinaryPrimitives.ReadUInt32BigEndian(body[12..]);
        PacketCount = BinaryPrimitives.ReadUInt32BigEndian(body[16..]);
        OctetCount = BinaryPrimitives.ReadUInt32BigEndian(body[20..]);
        Reports = new ReportBlocks(body.Slice(24, count * ReportBlock.Length));
    }

    public uint SenderSsrc { get; }

    /// <summary>32.32 fixed point since 1900.</summary>
    public ulong NtpTimestamp { get; }

    public uint RtpTimestamp { get; }

    public uint PacketCount { get; }

    public uint OctetCount { get; }

    public ReportBlocks Reports { get; }

    public static bool TryParse(scoped in RtcpPacket packet, out SenderReportView view)
    {
        view = default;
        if (packet.Kind != RtcpKind.SenderReport || packet.Body.Length < 24 + (packet.Count * ReportBlock.Length))
        {
            return false;
        }

        view = new SenderReportView(packet.Body, packet.Count);
        return true;
    }
}

/// <summary>RFC 3550 section 6.4.2.</summary>
public readonly ref struct ReceiverReportView
{
    private ReceiverReportView(ReadOnlySpan<byte> body, int count)
    {
        SenderSsrc = BinaryPrimitives.ReadUInt32BigEndian(body);
        Reports = new ReportBlocks(body.Slice(4, count * ReportBlock.Length));
    }

    public uint SenderSsrc { get; }

    public ReportBlocks Reports { get; }

    public static bool TryParse(scoped in RtcpPacket packet, out ReceiverReportView view)
    {
        view = default;
        if (packet.Kind != RtcpKind.ReceiverReport || packet.Body.Length < 4 + (packet.Count * ReportBlock.Length))
        {
            return false;
        }

        view = new ReceiverReportView(packet.Body, packet.Count);
        return true;
    }
}

/// <summary>RFC 3550 section 6.6.</summary>
public readonly ref struct ByeView
{
    private readonly ReadOnlySpan<byte> _sources;

    private ByeView(ReadOnlySpan<byte> sources) => _sources = sources;

    public int Count => _sources.Length / 4;

    public uint this[int index] => BinaryPrimitives.ReadUInt32BigEndian(_sources[(index * 4)..]);

    public static bool TryParse(scoped in RtcpPacket packet, out ByeView view)
    {
        view = default;
        if (packet.Kind != RtcpKind.Bye || packet.Body.Length < packet.Count * 4)
        {
            return false;
        }

        view = new ByeView(packet.Body[..(packet.Count * 4)]);
        return true;
    }
}
