using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Protocol.Srtp;

/// <summary>
/// SRTP and SRTCP of one transport, both directions (RFC 3711, RFC 7714). Works in place and allocates only when a new SSRC appears.
/// A received packet changes no state before it is authenticated.
/// </summary>
public sealed class SrtpSession : IDisposable
{
    public const int MaxRtpOverhead = 16;
    public const int MaxRtcpOverhead = 20;
    private const int RtcpHeaderLength = 8;
    private const int RtcpIndexLength = 4;

    /// <summary>More sources than any honest peer has; an authenticated peer must not fill the memory either.</summary>
    private const int MaxReceiveSources = 1024;

    private readonly SrtpTransform _local;
    private readonly SrtpTransform _remote;
    private readonly Dictionary<uint, ReceiveSource> _receiving = [];
    private readonly Dictionary<uint, SrtpSendStream> _sending = [];
    private ReceiveSource? _latest;
    private uint _rtcpSendIndex;

    public SrtpSession(SrtpKeyingMaterial keys)
    {
        _local = SrtpTransform.Create(keys.Profile, keys.LocalKey, keys.LocalSalt);
        _remote = SrtpTransform.Create(keys.Profile, keys.RemoteKey, keys.RemoteSalt);
    }

    /// <summary>Decrypts in place. On failure the contents may be garbage and <paramref name="reason"/> says why.</summary>
    public bool TryUnprotectRtp(Span<byte> packet, out int length, out DropReason reason)
    {
        length = 0;
        if (packet.Length < RtpHeader.FixedLength + _remote.TagLength)
        {
            reason = DropReason.TooShort;
            return false;
        }

        if (!TryReadHeaderLength(packet[..^_remote.TagLength], out var headerLength))
        {
            reason = DropReason.RtpMalformed;
            return false;
        }

        var sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        var known = TryFindSource(ssrc, out var source);
        if (!known && _receiving.Count >= MaxReceiveSources)
        {
            reason = DropReason.RtpUnknownSsrc;
            return false;
        }

        var index = IndexOf(known ? source!.Rtp.Highest : -1, sequenceNumber);
        if (index < 0)
        {
            // There is no cycle before the first, so what seems to lie there is ahead: the stream had a gap of half the numbers.
            index = sequenceNumber;
        }

        if (known && !source!.Rtp.MayAccept(index))
        {
            reason = DropReason.SrtpReplay;
            return false;
        }

        if (!_remote.TryUnprotectRtp(packet, headerLength, ssrc, index))
        {
            reason = DropReason.SrtpAuthentication;
            return false;
        }

        source ??= _receiving[ssrc] = new ReceiveSource(ssrc);
        source.Rtp.Accept(index);
        length = packet.Length - _remote.TagLength;
        reason = DropReason.None;
        return true;
    }

    /// <inheritdoc cref="TryUnprotectRtp"/>
    public bool TryUnprotectRtcp(Span<byte> packet, out int length, out DropReason reason)
    {
        length = 0;
        if (packet.Length < RtcpHeaderLength + RtcpIndexLength + _remote.TagLength)
        {
            reason = DropReason.TooShort;
            return false;
        }

        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        var index = BinaryPrimitives.ReadUInt32BigEndian(packet[_remote.RtcpIndexOffset(packet.Length)..]) & 0x7FFF_FFFF;
        var known = TryFindSource(ssrc, out var source);
        if (known && !source!.Rtcp.MayAccept(index))
        {
            reason = DropReason.SrtpReplay;
            return false;
        }

        if (!known && _receiving.Count >= MaxReceiveSources)
        {
            reason = DropReason.RtpUnknownSsrc;
            return false;
        }

        if (!_remote.TryUnprotectRtcp(packet, ssrc))
        {
            reason = DropReason.SrtpAuthentication;
            return false;
        }

        source ??= _receiving[ssrc] = new ReceiveSource(ssrc);
        source.Rtcp.Accept(index);
        length = packet.Length - RtcpIndexLength - _remote.TagLength;
        reason = DropReason.None;
        return true;
    }

    /// <summary>Encrypts the well-formed packet in the first <paramref name="length"/> bytes; the buffer has room for <see cref="MaxRtpOverhead"/> more.</summary>
    public int ProtectRtp(Span<byte> buffer, int length)
    {
        TryReadHeaderLength(buffer[..length], out var headerLength);
        return SendStream(BinaryPrimitives.ReadUInt32BigEndian(buffer[8..])).Protect(buffer, length, headerLength);
    }

    /// <summary>What sends under <paramref name="ssrc"/>, the same each time. It lives as long as the session.</summary>
    public SrtpSendStream SendStream(uint ssrc)
    {
        if (!_sending.TryGetValue(ssrc, out var stream))
        {
            stream = _sending[ssrc] = new SrtpSendStream(_local, ssrc);
        }

        return stream;
    }

    /// <summary>As <see cref="ProtectRtp"/>, with room for <see cref="MaxRtcpOverhead"/>.</summary>
    public int ProtectRtcp(Span<byte> buffer, int length)
    {
        // One counter for all our SSRCs: the IV holds the SSRC too, and each receiver sees it only grow.
        _rtcpSendIndex = (_rtcpSendIndex + 1) & 0x7FFF_FFFF;
        return _local.ProtectRtcp(buffer, length, BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]), _rtcpSendIndex);
    }

    public void Dispose()
    {
        _local.Dispose();
        _remote.Dispose();
    }

    /// <summary>RFC 3711 section 3.3.1: the index nearest to the highest one; the rollover counter begins at 0.</summary>
    internal static long IndexOf(long highest, ushort sequenceNumber) =>
        highest < 0 ? sequenceNumber : highest + SerialNumber.Difference(sequenceNumber, unchecked((ushort)highest));

    /// <summary>Packets of one source come in rows, so mostly it is the one before.</summary>
    private bool TryFindSource(uint ssrc, [NotNullWhen(true)] out ReceiveSource? source)
    {
        source = _latest;
        if (source is not null && source.Ssrc == ssrc)
        {
            return true;
        }

        if (!_receiving.TryGetValue(ssrc, out source))
        {
            return false;
        }

        _latest = source;
        return true;
    }

    private static bool TryReadHeaderLength(ReadOnlySpan<byte> packet, out int length)
    {
        length = RtpHeader.FixedLength + ((packet[0] & 0x0F) * 4);
        if (packet[0] >> 6 != 2)
        {
            return false;
        }

        if ((packet[0] & 0x10) == 0)
        {
            return length <= packet.Length;
        }

        if (length + 4 > packet.Length)
        {
            return false;
        }

        length += 4 + (BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]) * 4);
        return length <= packet.Length;
    }

    private sealed class ReceiveSource(uint ssrc)
    {
        public uint Ssrc { get; } = ssrc;

        public ReplayWindow Rtp = new();
        public ReplayWindow Rtcp = new();
    }
}
