using System.Buffers.Binary;
using System.Numerics;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Protocol.Rtcp;

/// <summary>Writes RTCP packets one after the other into a buffer that is large enough.</summary>
public ref struct RtcpWriter(Span<byte> buffer)
{
    /// <summary>REMB has 18 bits of mantissa and 6 of exponent.</summary>
    private const int RembMantissaBits = 18;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes still free.</summary>
    public readonly int Remaining => _buffer.Length - Length;

    public void AddSenderReport(uint senderSsrc, ulong ntp, uint rtpTimestamp, uint packetCount, uint octetCount, scoped ReadOnlySpan<ReportBlock> blocks = default)
    {
        var body = Begin(200, blocks.Length, 24 + (blocks.Length * ReportBlock.Length));
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        BinaryPrimitives.WriteUInt64BigEndian(body[4..], ntp);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], rtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], packetCount);
        BinaryPrimitives.WriteUInt32BigEndian(body[20..], octetCount);
        WriteBlocks(body[24..], blocks);
    }

    /// <param name="senderSsrc">Who reports.</param>
    /// <param name="blocks">At most 31.</param>
    public void AddReceiverReport(uint senderSsrc, scoped ReadOnlySpan<ReportBlock> blocks)
    {
        var body = Begin(201, blocks.Length, 4 + (blocks.Length * ReportBlock.Length));
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        WriteBlocks(body[4..], blocks);
    }

    /// <summary>One chunk with one CNAME item (RFC 3550 section 6.5.1).</summary>
    public void AddSourceDescription(uint ssrc, scoped ReadOnlySpan<byte> cname)
    {
        // At least one null ends the item list, and the chunk is padded to 32 bits.
        var items = 2 + cname.Length + 1;
        var body = Begin(202, 1, 4 + ((items + 3) / 4 * 4));
        body.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        body[4] = 1;
        body[5] = (byte)cname.Length;
        cname.CopyTo(body[6..]);
    }

    public void AddBye(uint ssrc) => BinaryPrimitives.WriteUInt32BigEndian(Begin(203, 1, 4), ssrc);

    /// <param name="senderSsrc">Who asks.</param>
    /// <param name="mediaSsrc">Whose packets are lost.</param>
    /// <param name="lostSorted">In ascending (wrapping) order, at least one.</param>
    public void AddNack(uint senderSsrc, uint mediaSsrc, scoped ReadOnlySpan<ushort> lostSorted)
    {
        var start = Length;
        var header = Begin(205, 1, 8);
        BinaryPrimitives.WriteUInt32BigEndian(header, senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], mediaSsrc);
        for (var i = 0; i < lostSorted.Length;)
        {
            var first = lostSorted[i++];
            ushort mask = 0;
            while (i < lostSorted.Length && SerialNumber.Difference(lostSorted[i], first) is > 0 and <= 16)
            {
                mask |= (ushort)(1 << (SerialNumber.Difference(lostSorted[i++], first) - 1));
            }

            BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], first);
            BinaryPrimitives.WriteUInt16BigEndian(_buffer[(Length + 2)..], mask);
            Length += 4;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(start + 2)..], (ushort)(((Length - start) / 4) - 1));
    }

    public void AddPli(uint senderSsrc, uint mediaSsrc)
    {
        var body = Begin(206, 1, 8);
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], mediaSsrc);
    }

    /// <param name="senderSsrc">Who asks.</param>
    /// <param name="mediaSsrc">Who shall send a key frame.</param>
    /// <param name="commandSequence">Counts new requests; a repetition keeps its number.</param>
    public void AddFir(uint senderSsrc, uint mediaSsrc, byte commandSequence)
    {
        var body = Begin(206, 4, 16);
        body.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[8..], mediaSsrc);
        body[12] = commandSequence;
    }

    /// <param name="senderSsrc">Who estimates.</param>
    /// <param name="bitrate">Bits per second, rounded down to the 18-bit mantissa.</param>
    /// <param name="ssrcs">What the bitrate is shared by.</param>
    public void AddRemb(uint senderSsrc, ulong bitrate, scoped ReadOnlySpan<uint> ssrcs)
    {
        var body = Begin(206, 15, 16 + (ssrcs.Length * 4));
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], 0);
        "REMB"u8.CopyTo(body[8..]);
        var exponent = Math.Max(0, 64 - BitOperations.LeadingZeroCount(bitrate) - RembMantissaBits);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], ((uint)ssrcs.Length << 24) | ((uint)exponent << RembMantissaBits) | (uint)(bitrate >> exponent));
        for (var i = 0; i < ssrcs.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(body[(16 + (i * 4))..], ssrcs[i]);
        }
    }

    /// <summary>Writes a header for <paramref name="bodyLength"/> bytes (a multiple of 4) and returns their place.</summary>
    internal Span<byte> Begin(byte packetType, int count, int bodyLength)
    {
        var packet = _buffer.Slice(Length, 4 + bodyLength);
        packet[0] = (byte)(0x80 | count);
        packet[1] = packetType;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(bodyLength / 4));
        Length += packet.Length;
        return packet[4..];
    }

    private static void WriteBlocks(Span<byte> destination, ReadOnlySpan<ReportBlock> blocks)
    {
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i].Write(destination[(i * ReportBlock.Length)..]);
        }
    }
}
