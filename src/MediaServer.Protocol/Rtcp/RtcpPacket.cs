namespace MediaServer.Protocol.Rtcp;

/// <summary>One packet of a compound.</summary>
public readonly ref struct RtcpPacket(RtcpKind kind, int count, ReadOnlySpan<byte> body)
{
    public RtcpKind Kind { get; } = kind;

    /// <summary>RC, SC or FMT: the low five bits of the first byte.</summary>
    public int Count { get; } = count;

    /// <summary>After the 4-byte header, padding removed.</summary>
    public ReadOnlySpan<byte> Body { get; } = body;
}
