namespace MediaServer.Protocol.Srtp;

/// <summary>The cryptography of one direction. Indices and SSRCs are the caller's business; all work is done in place.</summary>
internal abstract class SrtpTransform : IDisposable
{
    /// <summary>RTCP: the fixed header and sender SSRC stay readable (RFC 3711 section 3.4).</summary>
    protected const int RtcpHeaderLength = 8;

    /// <summary>E flag and 31-bit index.</summary>
    protected const int RtcpIndexLength = 4;

    protected const uint EncryptedFlag = 0x8000_0000;

    /// <summary>Bytes of the authentication tag.</summary>
    public abstract int TagLength { get; }

    public static SrtpTransform Create(SrtpProfile profile, byte[] masterKey, byte[] masterSalt) => profile switch
    {
        SrtpProfile.AeadAes128Gcm => new AeadGcmTransform(masterKey, masterSalt),
        _ => new AesCmTransform(masterKey, masterSalt),
    };

    /// <summary>Encrypts behind <paramref name="headerLength"/> and appends the tag; returns the new length.</summary>
    public abstract int ProtectRtp(Span<byte> buffer, int length, int headerLength, uint ssrc, long index);

    /// <summary>
    /// As the other, but the payload is <paramref name="prefixLength"/> bytes that stand behind the header already, then
    /// <paramref name="source"/>, which need not have been copied, then what stands in the buffer behind that, up to <paramref name="length"/>.
    /// </summary>
    public abstract int ProtectRtp(
        Span<byte> buffer, int length, int headerLength, int prefixLength, ReadOnlySpan<byte> source, uint ssrc, long index);

    /// <summary>False when authentication fails. The plain length is the packet's less <see cref="TagLength"/>.</summary>
    public abstract bool TryUnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, long index);

    public abstract int ProtectRtcp(Span<byte> buffer, int length, uint ssrc, uint index);

    /// <summary>False when authentication fails. The plain length is the packet's less <see cref="TagLength"/> and 4 bytes of index.</summary>
    public abstract bool TryUnprotectRtcp(Span<byte> packet, uint ssrc);

    /// <summary>Where the E flag and index of a protected RTCP packet stand.</summary>
    public abstract int RtcpIndexOffset(int packetLength);

    public abstract void Dispose();
}
