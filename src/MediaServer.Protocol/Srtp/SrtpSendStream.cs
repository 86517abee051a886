using System.Buffers.Binary;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Protocol.Srtp;

/// <summary>
/// What one SSRC sends in an <see cref="SrtpSession"/>: its rollover counter beside the session's key. Whoever sends many packets keeps it, and so
/// looks up nothing per packet.
/// </summary>
public sealed class SrtpSendStream
{
    private readonly SrtpTransform _transform;
    private long _highest = -1;

    internal SrtpSendStream(SrtpTransform transform, uint ssrc)
    {
        _transform = transform;
        Ssrc = ssrc;
    }

    public uint Ssrc { get; }

    /// <summary>
    /// Encrypts in place the packet of <paramref name="length"/> bytes, of which <paramref name="headerLength"/> are header, CSRCs and extensions.
    /// The buffer has room for <see cref="SrtpSession.MaxRtpOverhead"/> more. Returns the new length.
    /// </summary>
    public int Protect(Span<byte> buffer, int length, int headerLength) =>
        _transform.ProtectRtp(buffer, length, headerLength, Ssrc, NextIndex(buffer));

    /// <summary>
    /// As the other, but most of the payload is read from <paramref name="source"/> while it is encrypted, which saves copying it first. The payload
    /// is <paramref name="prefixLength"/> bytes that stand behind the header already (a rewritten descriptor, an original sequence number), then all
    /// of <paramref name="source"/>, then what stands in the buffer behind that up to <paramref name="length"/> (padding). The two must not overlap.
    /// </summary>
    public int Protect(Span<byte> buffer, int length, int headerLength, int prefixLength, ReadOnlySpan<byte> source) =>
        _transform.ProtectRtp(buffer, length, headerLength, prefixLength, source, Ssrc, NextIndex(buffer));

    /// <summary>RFC 3711 section 3.3.1: the packet's number with the rollover counter before it.</summary>
    private long NextIndex(ReadOnlySpan<byte> packet)
    {
        var sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var index = SrtpSession.IndexOf(_highest, sequenceNumber);
        if (index < 0)
        {
            // Older than the very first packet and across a wrap: no receiver could place it, so it must not move the counter.
            return sequenceNumber;
        }

        _highest = Math.Max(_highest, index);
        return index;
    }
}
