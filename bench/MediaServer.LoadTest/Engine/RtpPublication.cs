using System.Buffers.Binary;
using System.Text;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Engine;

/// <summary>What a peer asks of the streams that it sends.</summary>
internal interface IRtpPublication
{
    uint Ssrc { get; }

    /// <summary>Adds SR and SDES; nothing before the first packet.</summary>
    void WriteReport(ref RtcpWriter writer, MonotonicTime now);

    void WantKeyFrame();

    /// <summary>Sends a packet again as RTX (RFC 4588); false when it is too old or there is no RTX.</summary>
    bool Retransmit(ushort sequenceNumber);
}

/// <summary>How the packets of a publication are labelled; ids are 0 where not negotiated.</summary>
internal sealed record RtpLabels(string Mid, byte PayloadType, byte RtxPayloadType, int ClockRate, HeaderExtensionIds Extensions);

/// <summary>Numbers and sends the packets of one publication, and keeps the last for retransmission.</summary>
internal sealed class RtpPacketSender(VirtualPeer peer, MediaEngine engine, OfferedPublication publication, RtpLabels labels, TransportSequence transportSequence)
{
    private const int HistoryLength = 512;
    private const int MaxPacket = 1400;
    private readonly byte[] _mid = Encoding.ASCII.GetBytes(labels.Mid);
    private readonly byte[] _history = publication.RtxSsrc == 0 ? [] : new byte[HistoryLength * MaxPacket];
    private readonly (ushort Number, int Length)[] _historyIndex = new (ushort, int)[HistoryLength];

    // Below 2^15, so that the first packets cannot straddle a rollover that the receiver has not seen (RFC 3711 section 3.3.1).
    private ushort _sequenceNumber = (ushort)Random.Shared.Next(1, 0x7FFF);
    private ushort _rtxSequenceNumber = (ushort)Random.Shared.Next(1, 0x7FFF);
    private uint _packets;
    private uint _octets;
    private uint _lastTimestamp;
    private MonotonicTime _lastSentAt;

    public uint Ssrc => publication.Ssrc;

    public uint Packets => _packets;

    /// <param name="payload">Plain.</param>
    /// <param name="timestamp">RTP.</param>
    /// <param name="marker">RTP.</param>
    /// <param name="audioLevel">RFC 6464, null for video.</param>
    /// <param name="now">For sender reports.</param>
    public void Send(ReadOnlySpan<byte> payload, uint timestamp, bool marker, byte? audioLevel, MonotonicTime now)
    {
        Span<byte> packet = stackalloc byte[MaxPacket];
        var writer = new RtpWriter(packet);
        writer.WriteHeader(labels.PayloadType, marker, _sequenceNumber, timestamp, publication.Ssrc);
        AddExtensions(ref writer, audioLevel);
        writer.WritePayload(payload);
        if (!peer.SendRtp(packet[..writer.Length]))
        {
            return;
        }

        if (_history.Length > 0)
        {
            packet[..writer.Length].CopyTo(_history.AsSpan(_sequenceNumber % HistoryLength * MaxPacket));
            _historyIndex[_sequenceNumber % HistoryLength] = (_sequenceNumber, writer.Length);
        }

        engine.Counters.MediaPacketsSent++;
        _sequenceNumber++;
        _packets++;
        _octets += (uint)payload.Length;
        _lastTimestamp = timestamp;
        _lastSentAt = now;
    }

    public bool Retransmit(ushort sequenceNumber)
    {
        var (number, length) = _historyIndex[sequenceNumber % HistoryLength];
        if (_history.Length == 0 || number != sequenceNumber || length == 0)
        {
            return false;
        }

        var original = _history.AsSpan(sequenceNumber % HistoryLength * MaxPacket, length);
        if (!RtpHeader.TryParse(original, out var header, out _))
        {
            return false;
        }

        Span<byte> packet = stackalloc byte[MaxPacket + RtxPayload.HeaderLength];
        var writer = new RtpWriter(packet);
        writer.WriteHeader(labels.RtxPayloadType, header.Marker, _rtxSequenceNumber++, header.Timestamp, publication.RtxSsrc);
        AddExtensions(ref writer, null);
        var payload = writer.PayloadSpan(RtxPayload.HeaderLength + header.PayloadLength);
        RtxPayload.WriteOriginal(payload, sequenceNumber);
        original.Slice(header.HeaderLength, header.PayloadLength).CopyTo(payload[RtxPayload.HeaderLength..]);
        return peer.SendRtp(packet[..writer.Length]);
    }

    /// <summary>RFC 3550 section 6.4.1: the RTP timestamp belongs to the same instant as the NTP one.</summary>
    public void WriteReport(ref RtcpWriter writer, MonotonicTime now)
    {
        if (_packets > 0)
        {
            var timestamp = unchecked(_lastTimestamp + (uint)((now - _lastSentAt) * labels.ClockRate / 1_000_000));
            writer.AddSenderReport(publication.Ssrc, NtpTime.FromUnixMicroseconds(EngineClock.WallMicroseconds), timestamp, _packets, _octets);
            writer.AddSourceDescription(publication.Ssrc, "load"u8);
        }
    }

    private void AddExtensions(ref RtpWriter writer, byte? audioLevel)
    {
        if (labels.Extensions.Mid != 0)
        {
            writer.AddExtension(labels.Extensions.Mid, _mid);
        }

        if (audioLevel is { } level && labels.Extensions.AudioLevel != 0)
        {
            writer.AddExtension(labels.Extensions.AudioLevel, [level]);
        }

        if (labels.Extensions.TransportSequenceNumber != 0)
        {
            Span<byte> number = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(number, transportSequence.Next());
            writer.AddExtension(labels.Extensions.TransportSequenceNumber, number);
        }
    }
}

/// <summary>Transport-wide sequence numbers, one count for all streams of a peer.</summary>
internal sealed class TransportSequence
{
    private ushort _next = (ushort)Random.Shared.Next(1, 0x7FFF);

    public ushort Next() => _next++;
}
