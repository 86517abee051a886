using System.Buffers.Binary;
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
    /// <summary>
    /// Fixed header, one CSRC, extension header, MID (1 + 16), transport-wide number (1 + 2), one more one-byte extension, padding, RTX header.
    /// </summary>
    private const int MaxHeader = RtpHeader.FixedLength + 4 + 4 + 17 + 3 + 2 + 3 + RtxPayload.HeaderLength;

    /// <summary>An authentication tag, to know a datagram's length before it is encrypted.</summary>
    private const int TagLength = 16;
    private const int MaxPadding = 255;
    private const int MaxOneByteId = 14;

    private readonly RouterContext _context;
    private readonly PeerTransport _transport;
    private readonly byte[] _cname;
    private readonly TrafficClass _traffic;
    private byte[] _mid = [];
    private byte _numberId;
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

        _numberId = MayNumber(media) ? media.Extensions.TransportSequenceNumber : (byte)0;
    }

    /// <summary>True when the peer reports the arrival of this slot's packets (transport-wide feedback).</summary>
    public bool IsNumbered => _numberId != 0;

    /// <summary>The RTX payload type under which padding can be sent, 0 none.</summary>
    public byte PaddingPayloadType => Media.SlotRtxSsrc == 0 || Media.Codecs.IsEmpty ? (byte)0 : Media.Codecs[0].RtxPayloadType ?? 0;

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
    public void Send(in MediaPacket packet, in OutgoingNumbers numbers, bool marker, uint csrc, int padding, MonotonicTime now)
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
        var number = AddNumber(ref writer);
        WritePayload(writer.PayloadSpan(payload.Length), packet, numbers);
        writer.AddPadding(padding);
        CountPacket(payload.Length);
        Register(buffer, number, writer.Length, now);
        _context.Egress.Commit(srtp.ProtectRtp(buffer, writer.Length));
    }

    /// <summary>
    /// Sends a packet once more, wrapped as RFC 4588 says. Without RTX nothing is sent: the packet would have the number, and so the SRTP nonce, that it
    /// had before, but another transport-wide number and padding, and two messages under one nonce give AES-GCM's authentication key away (RFC 7714
    /// section 8.4). The subscriber asks for a key frame then.
    /// </summary>
    public void Resend(in MediaPacket packet, in OutgoingNumbers numbers, MonotonicTime now)
    {
        if (Media.SlotRtxSsrc == 0 || numbers.Codec.RtxPayloadType is not { } rtxPayloadType)
        {
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
        var number = AddNumber(ref writer);
        var body = writer.PayloadSpan(RtxPayload.HeaderLength + payload.Length);
        RtxPayload.WriteOriginal(body, numbers.Sequence);
        WritePayload(body[RtxPayload.HeaderLength..], packet, numbers);
        Register(buffer, number, writer.Length, now);
        _context.Egress.Commit(srtp.ProtectRtp(buffer, writer.Length));
    }

    /// <summary>Sends an empty packet, so that a number which turned out to carry padding only leaves no gap.</summary>
    public void SendEmpty(byte payloadType, ushort sequence, uint timestamp, MonotonicTime now)
    {
        if (TryReserve(0, out var buffer, out var srtp))
        {
            var writer = new RtpWriter(buffer);
            writer.WriteHeader(payloadType, false, sequence, timestamp, Media.SlotSsrc);
            var number = AddNumber(ref writer);
            writer.PayloadSpan(0);
            CountPacket(0);
            Register(buffer, number, writer.Length, now);
            _context.Egress.Commit(srtp.ProtectRtp(buffer, writer.Length));
        }
    }

    /// <summary>
    /// Sends a packet of nothing but padding on the RTX stream (RFC 4588 section 4 has no original to name then), to probe for bandwidth. Returns its
    /// length, 0 when it could not be sent.
    /// </summary>
    public int SendPadding(uint timestamp, MonotonicTime now)
    {
        if (PaddingPayloadType == 0 || !TryReserve(MaxPadding, out var buffer, out var srtp))
        {
            return 0;
        }

        var writer = new RtpWriter(buffer);
        writer.WriteHeader(PaddingPayloadType, false, _rtxSequence++, timestamp, Media.SlotRtxSsrc);
        if (_mid.Length > 0)
        {
            writer.AddExtension(Media.Extensions.Mid, _mid);
        }

        var number = AddNumber(ref writer);
        writer.PayloadSpan(0);
        writer.AddPadding(MaxPadding);
        Register(buffer, number, writer.Length, now);
        var length = srtp.ProtectRtp(buffer, writer.Length);
        _context.Egress.Commit(length);
        return length;
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

    /// <summary>
    /// Only video is numbered: audio is never held back, so it needs no estimate, and who only listens costs no feedback. And only where what is sent
    /// again goes out as RTX: else it would have another number under the same nonce, which gives the authentication key away (RFC 7714 section 8.4).
    /// </summary>
    private static bool MayNumber(NegotiatedMedia media) =>
        media.Kind == MediaKind.Video
        && media.Extensions.TransportSequenceNumber is > 0 and <= MaxOneByteId
        && media.SlotRtxSsrc != 0
        && media.Codecs.All(codec => codec.RtxPayloadType is not null);

    /// <summary>Leaves room for the transport-wide number; returns its place, 0 when none goes out.</summary>
    private int AddNumber(ref RtpWriter writer)
    {
        if (_numberId == 0 || _transport.Downlink is not { IsNumbered: true })
        {
            return 0;
        }

        writer.AddExtension(_numberId, [0, 0]);
        return writer.Length - 2;
    }

    /// <summary>Counts the packet for congestion control, which gives it its number.</summary>
    private void Register(Span<byte> buffer, int place, int length, MonotonicTime now)
    {
        if (Media.Kind == MediaKind.Video && _transport.Downlink is { } downlink)
        {
            var number = downlink.OnSending(length + TagLength, now);
            if (place != 0)
            {
                BinaryPrimitives.WriteUInt16BigEndian(buffer[place..], number);
            }
        }
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
