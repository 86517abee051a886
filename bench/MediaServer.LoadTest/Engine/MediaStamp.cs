using System.Buffers.Binary;

namespace MediaServer.LoadTest.Engine;

/// <summary>
/// What a publisher writes into each payload, where the server does not rewrite: who sent it, which packet it was, and when. Only receivers that
/// decrypt can read it.
/// </summary>
/// <param name="Source">Number of the publication.</param>
/// <param name="Marker">The packet carried the RTP marker.</param>
/// <param name="Packet">Counts the packets of the publication.</param>
/// <param name="Timestamp">The RTP timestamp as sent.</param>
/// <param name="SentAt">Wall-clock microseconds.</param>
internal readonly record struct MediaStamp(ushort Source, bool Marker, uint Packet, uint Timestamp, long SentAt)
{
    public const int Length = 24;

    /// <summary>Behind the longest VP8 payload descriptor (6 bytes here) and a key frame's header (10 bytes).</summary>
    public const int VideoOffset = 16;

    /// <summary>Behind the Opus TOC byte.</summary>
    public const int AudioOffset = 1;

    private const uint Magic = 0x4D534C54;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, Magic);
        BinaryPrimitives.WriteUInt16BigEndian(target[4..], Source);
        BinaryPrimitives.WriteUInt16BigEndian(target[6..], Marker ? (ushort)1 : (ushort)0);
        BinaryPrimitives.WriteUInt32BigEndian(target[8..], Packet);
        BinaryPrimitives.WriteUInt32BigEndian(target[12..], Timestamp);
        BinaryPrimitives.WriteInt64BigEndian(target[16..], SentAt);
    }

    /// <summary>False for anything that no publisher of the load test wrote.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, int offset, out MediaStamp stamp)
    {
        stamp = default;
        if (payload.Length < offset + Length || BinaryPrimitives.ReadUInt32BigEndian(payload[offset..]) != Magic)
        {
            return false;
        }

        var bytes = payload[offset..];
        stamp = new MediaStamp(
            BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), bytes[7] != 0, BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), BinaryPrimitives.ReadInt64BigEndian(bytes[16..]));
        return true;
    }
}
