using System.Buffers.Binary;

namespace MediaServer.Protocol.Rtp;

/// <summary>The payload of a retransmission (RFC 4588 section 4): original sequence number, then the original payload.</summary>
public static class RtxPayload
{
    public const int HeaderLength = 2;

    public static bool TryReadOriginal(ReadOnlySpan<byte> payload, out ushort originalSequenceNumber)
    {
        originalSequenceNumber = 0;
        return payload.Length >= HeaderLength && BinaryPrimitives.TryReadUInt16BigEndian(payload, out originalSequenceNumber);
    }

    public static void WriteOriginal(Span<byte> payload, ushort originalSequenceNumber) =>
        BinaryPrimitives.WriteUInt16BigEndian(payload, originalSequenceNumber);
}
