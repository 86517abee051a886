using System.Buffers.Binary;

namespace MediaServer.Protocol.Rtcp;

/// <summary>A reception report block (RFC 3550 section 6.4.1).</summary>
/// <param name="Ssrc">The source that is reported on.</param>
/// <param name="FractionLost">Loss since the last report in 1/256.</param>
/// <param name="CumulativeLost">Packets lost in all, 24 bits signed.</param>
/// <param name="ExtendedHighest">Cycles in the high 16 bits, highest sequence number in the low.</param>
/// <param name="Jitter">Interarrival jitter in timestamp units.</param>
/// <param name="LastSr">Middle 32 bits of the last sender report's NTP time; 0 when none came.</param>
/// <param name="DelaySinceLastSr">In 1/65536 s.</param>
public readonly record struct ReportBlock(uint Ssrc, byte FractionLost, int CumulativeLost, uint ExtendedHighest, uint Jitter, uint LastSr, uint DelaySinceLastSr)
{
    public const int Length = 24;

    /// <summary>Reads the first 24 bytes.</summary>
    public static ReportBlock Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32BigEndian(bytes),
        bytes[4],
        BinaryPrimitives.ReadInt32BigEndian(bytes[4..]) << 8 >> 8,
        BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Ssrc);
        BinaryPrimitives.WriteInt32BigEndian(bytes[4..], Math.Clamp(CumulativeLost, -0x800000, 0x7FFFFF));
        bytes[4] = FractionLost;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], ExtendedHighest);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], LastSr);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[20..], DelaySinceLastSr);
    }
}

/// <summary>Report blocks laid out one after the other.</summary>
public readonly ref struct ReportBlocks(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Count => _bytes.Length / ReportBlock.Length;

    public ReportBlock this[int index] => ReportBlock.Read(_bytes[(index * ReportBlock.Length)..]);
}
