using System.Buffers.Binary;

namespace MediaServer.Protocol.Rtcp;

/// <summary>Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).</summary>
public readonly ref struct TransportFeedbackView
{
    private const int FixedLength = 16;
    private readonly ReadOnlySpan<byte> _chunks;

    private TransportFeedbackView(ReadOnlySpan<byte> body)
    {
        SenderSsrc = BinaryPrimitives.ReadUInt32BigEndian(body);
        MediaSsrc = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        BaseSequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(body[8..]);
        PacketStatusCount = BinaryPrimitives.ReadUInt16BigEndian(body[10..]);
        ReferenceTime = BinaryPrimitives.ReadInt32BigEndian(body[12..]) >> 8;
        FeedbackCount = body[15];
        _chunks = body[FixedLength..];
    }

    public uint SenderSsrc { get; }

    public uint MediaSsrc { get; }

    public ushort BaseSequenceNumber { get; }

    public int PacketStatusCount { get; }

    /// <summary>In units of 64 ms, 24 bits signed.</summary>
    public int ReferenceTime { get; }

    public byte FeedbackCount { get; }

    public static bool TryParse(scoped in RtcpPacket packet, out TransportFeedbackView view)
    {
        view = default;
        if (packet.Kind != RtcpKind.TransportFeedback || packet.Body.Length < FixedLength + 2)
        {
            return false;
        }

        view = new TransportFeedbackView(packet.Body);
        return true;
    }

    /// <summary>
    /// Reads as many arrivals as there is room for into <paramref name="arrivals"/>, one per status: microseconds on the sender's clock, or -1 for
    /// a lost packet. False when the chunks or deltas end early.
    /// </summary>
    public bool TryReadArrivals(Span<long> arrivals, out int count)
    {
        count = Math.Min(PacketStatusCount, arrivals.Length);
        var offset = 0;

        // All chunks are walked, for the deltas begin behind the last.
        for (var i = 0; i < PacketStatusCount;)
        {
            if (offset + 2 > _chunks.Length)
            {
                return false;
            }

            var chunk = BinaryPrimitives.ReadUInt16BigEndian(_chunks[offset..]);
            offset += 2;
            var symbols = (chunk >> 14) switch { 2 => 14, 3 => 7, _ => chunk & 0x1FFF };
            for (var k = 0; k < symbols && i + k < count; k++)
            {
                arrivals[i + k] = (chunk >> 14) switch
                {
                    2 => (chunk >> (13 - k)) & 1,
                    3 => (chunk >> (12 - (2 * k))) & 3,
                    _ => (chunk >> 13) & 3,
                };
            }

            i += symbols;
        }

        return TryReadDeltas(arrivals[..count], _chunks[offset..]);
    }

    private bool TryReadDeltas(Span<long> arrivals, ReadOnlySpan<byte> deltas)
    {
        var time = ReferenceTime * 64_000L;
        foreach (ref var arrival in arrivals)
        {
            var length = (int)arrival;
            if (length is 0 or > 2)
            {
                arrival = -1;
                continue;
            }

            if (deltas.Length < length)
            {
                return false;
            }

            time += 250L * (length == 1 ? deltas[0] : BinaryPrimitives.ReadInt16BigEndian(deltas));
            deltas = deltas[length..];
            arrival = time;
        }

        return true;
    }
}
