using System.Security.Cryptography;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Client;

/// <summary>One outgoing stream: numbers packets, keeps the last for retransmission, counts for sender reports.</summary>
internal sealed class RtpSender(OfferedPublication publication, byte payloadType, byte rtxPayloadType)
{
    public const int MaxPacketLength = 1200;
    private const int CacheLength = 512;
    private readonly (ushort Number, byte[] Packet)[] _cache = new (ushort, byte[])[CacheLength];
    private readonly byte[] _mid = System.Text.Encoding.ASCII.GetBytes(publication.Mid);

    // Below 2^15, so that the first packets cannot straddle a rollover that the receiver has not seen (RFC 3711 section 3.3.1).
    private ushort _sequenceNumber = (ushort)RandomNumberGenerator.GetInt32(1, 0x7FFF);
    private ushort _rtxSequenceNumber = (ushort)RandomNumberGenerator.GetInt32(1, 0x7FFF);

    public uint Ssrc => publication.Ssrc;

    public uint PacketCount { get; private set; }

    public uint OctetCount { get; private set; }

    public uint LastTimestamp { get; private set; }

    /// <summary>Monotonic milliseconds at which <see cref="LastTimestamp"/> was sent.</summary>
    public long LastSentAt { get; private set; }

    /// <summary>Builds the next packet.</summary>
    public byte[] Packetise(ReadOnlySpan<byte> payload, uint timestamp, bool marker, byte? audioLevel)
    {
        Span<byte> buffer = stackalloc byte[payload.Length + 64];
        var writer = new RtpWriter(buffer);
        writer.WriteHeader(payloadType, marker, _sequenceNumber, timestamp, publication.Ssrc);
        writer.AddExtension(OfferBuilder.Extensions.Mid, _mid);
        if (audioLevel is { } level)
        {
            writer.AddExtension(OfferBuilder.Extensions.AudioLevel, [level]);
        }

        writer.WritePayload(payload);
        var packet = buffer[..writer.Length].ToArray();
        _cache[_sequenceNumber % CacheLength] = (_sequenceNumber, packet);
        _sequenceNumber++;
        PacketCount++;
        OctetCount += (uint)payload.Length;
        LastTimestamp = timestamp;
        LastSentAt = Environment.TickCount64;
        return packet;
    }

    /// <summary>The packet again as RTX (RFC 4588 section 4); null when it is too old or the stream has no RTX.</summary>
    public byte[]? Retransmit(ushort sequenceNumber)
    {
        var (number, packet) = _cache[sequenceNumber % CacheLength];
        if (publication.RtxSsrc == 0 || packet is null || number != sequenceNumber || !RtpHeader.TryParse(packet, out var header, out _))
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[packet.Length + RtxPayload.HeaderLength];
        var writer = new RtpWriter(buffer);
        writer.WriteHeader(rtxPayloadType, header.Marker, _rtxSequenceNumber++, header.Timestamp, publication.RtxSsrc);
        writer.AddExtension(OfferBuilder.Extensions.Mid, _mid);
        var payload = writer.PayloadSpan(RtxPayload.HeaderLength + header.PayloadLength);
        RtxPayload.WriteOriginal(payload, sequenceNumber);
        packet.AsSpan(header.HeaderLength, header.PayloadLength).CopyTo(payload[RtxPayload.HeaderLength..]);
        return buffer[..writer.Length].ToArray();
    }
}
