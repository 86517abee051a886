using System.Text;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>
/// Writes the packets of one slot straight into the egress buffer, under the slot's fixed SSRC and with the header extensions of the slot's
/// own m-line.
/// </summary>
internal sealed class SlotSender
{
    /// <summary>Fixed header, one CSRC, extension header, MID (1 + 16), one more one-byte extension, padding, RTX header.</summary>
    private const int MaxHeader = RtpHeader.FixedLength + 4 + 4 + 17 + 2 + 3 + RtxPayload.HeaderLength;
    private const int MaxOneByteId = 14;

    private readonly RouterContext _context;
    private readonly PeerTransport _transport;
    private readonly byte[] _cname;
    private readonly TrafficClass _traffic;
    private byte[] _mid = [];
    private ushort _rtxSequence;

    public SlotSender(RouterContext context, PeerTransport transport, NegotiatedMedia media)
    {
        _context = context;
        _transport = transport;
        _cname = Encoding.UTF8.GetBytes(context.Options.Cname);
        _rtxSequence = (ushort)context.Random.Next(0x8000);
        _traffic = media.Kind == MediaKind.Video ? TrafficClass.Video : TrafficClass.Audio;
        Media = media;
        Update(media);
    }

    public NegotiatedMedia Media { get; private set; }

    public uint PacketCount { get; private set; }

    public uint OctetCount { get; private set; }

    public void Update(NegotiatedMedia media)
    {
        Media = media;
        var mid = Encoding.ASCII.GetBytes(media.Mid);
        _mid = mid.Length is > 0 and <= 16 && media.Extensions.Mid is > 0 and <= MaxOneByteId ? mid : [];
    }

    /// <summary>The slot's codec for <paramref name="source"/>, null when the subscriber did not negotiate it.</summary>
    public NegotiatedCodec? Match(NegotiatedCodec source)
    {
        foreach (var codec in Media.Codecs)
        {
            if (CodecMatch.AreCompatible(codec, source))
            {
                return codec;
            }
        }

        return null;
    }

    /// <summary>
    /// Sends <paramref name="packet"/> as <paramref name="numbers"/> says. <paramref name="csrc"/> 0 adds none. <paramref name="padding"/> bytes of RTP
    /// padding make packets that leave together equally long.
    /// </summary>
    public void Send(in MediaPacket packet, in OutgoingNumbers numbers, bool marker, uint csrc, int padding)
    {
        var payload = packet.Payload;
        if (!TryReserve(payload.Length + padding, out var buffer, out var srtp))
        {
            return;
        }

        var writer = new RtpWriter(buffer);
        writer.WriteHeader(numbers.Codec.PayloadType, marker, numbers.Sequence, numbers.Timestamp, Media.SlotSsrc);
        if (csrc != 0)
        {
            writer.AddCsrc(csrc);
        }

        AddExtensions(ref writer, packet);
        WritePayload(writer.PayloadSpan(payload.Length), packet, numbers);
        writer.AddPadding(padding);
        CountPacket(payload.Length);
        _context.Egress.Commit(srtp.ProtectRtp(buffer, writer.Length));
    }

    /// <summary>Sends a packet once more: wrapped as RFC 4588 says where the subscriber negotiated RTX, else as it was.</summary>
    public void Resend(in MediaPacket packet, in OutgoingNumbers numbers)
    {
        if (Media.SlotRtxSsrc == 0 || numbers.Codec.RtxPayloadType is not { } rtxPayloadType)
        {
            Send(packet, numbers, packet.Header.Marker, 0, 0);
            return;
        }

        var payload = packet.Payload;
        if (!TryReserve(payload.Length, out var buffer, out var srtp))
        {
            return;
        }

        var writer = new RtpWriter(buffer);
        writer.WriteHeader(rtxPayloadType, packet.Header.Marker, _rtxSequence++, numbers.Timestamp, Media.SlotRtxSsrc);
        AddExtensions(ref writer, packet);
        var body = writer.PayloadSpan(RtxPayload.HeaderLength + payload.Length);
        RtxPayload.WriteOriginal(body, numbers.Sequence);
        WritePayload(body[RtxPayload.HeaderLength..], packet, numbers);
        _context.Egress.Commit(srtp.ProtectRtp(buffer, writer.Length));
    }

    /// <summary>Sends an empty packet, so that a number which turned out to carry padding only leaves no gap.</summary>
    public void SendEmpty(byte payloadType, ushort sequence, uint timestamp)
    {
        if (TryReserve(0, out var buffer, out var srtp))
        {
            var writer = new RtpWriter(buffer);
            writer.WriteHeader(payloadType, false, sequence, timestamp, Media.SlotSsrc);
            CountPacket(0);
            _context.Egress.Commit(srtp.ProtectRtp(buffer, writer.Length));
        }
    }

    /// <summary>Adds SR and SDES (RFC 3550 section 6.4.1, 6.5) of this slot.</summary>
    public void WriteReport(ref RtcpWriter writer, ulong ntp, uint timestamp)
    {
        writer.AddSenderReport(Media.SlotSsrc, ntp, timestamp, PacketCount, OctetCount);
        writer.AddSourceDescription(Media.SlotSsrc, _cname);
    }

    private bool TryReserve(int payloadLength, out Span<byte> buffer, out SrtpSession srtp)
    {
        buffer = default;
        srtp = _transport.Srtp!;
        if (srtp is null)
        {
            return false;
        }

        buffer = _context.Egress.Reserve(_transport.Destination, MaxHeader + payloadLength + SrtpSession.MaxRtpOverhead, _traffic);
        if (buffer.IsEmpty)
        {
            _context.Drops.Count(_transport.Destination.IsTcp ? DropReason.TcpBackPressure : DropReason.EgressFull);
            return false;
        }

        return true;
    }

    /// <summary>For sender reports; the RTX stream has its own SSRC and does not count.</summary>
    private void CountPacket(int payloadLength)
    {
        PacketCount++;
        OctetCount += (uint)payloadLength;
    }

    private void AddExtensions(ref RtpWriter writer, in MediaPacket packet)
    {
        if (_mid.Length > 0)
        {
            writer.AddExtension(Media.Extensions.Mid, _mid);
        }

        if (packet.HasOrientation && Media.Extensions.VideoOrientation is > 0 and <= MaxOneByteId)
        {
            writer.AddExtension(Media.Extensions.VideoOrientation, [packet.Orientation]);
        }

        if (packet.HasAudioLevel && Media.Extensions.AudioLevel is > 0 and <= MaxOneByteId)
        {
            writer.AddExtension(Media.Extensions.AudioLevel, [packet.AudioLevel]);
        }
    }

    private static void WritePayload(Span<byte> destination, in MediaPacket packet, in OutgoingNumbers numbers)
    {
        packet.Payload.CopyTo(destination);
        if (numbers.Vp8.Present)
        {
            Vp8PayloadDescriptor.Rewrite(destination, packet.Vp8, numbers.Vp8.PictureId, numbers.Vp8.Tl0PicIdx);
        }
    }
}
