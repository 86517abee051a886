using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace MediaServer.Protocol.Srtp;

/// <summary>AEAD_AES_128_GCM for SRTP and SRTCP (RFC 7714).</summary>
[SkipLocalsInit]
internal sealed class AeadGcmTransform : SrtpTransform
{
    private const int GcmTagLength = AesGcmCipher.TagLength;
    private readonly AesGcmCipher _rtp;
    private readonly AesGcmCipher _rtcp;
    private readonly GcmNonce _rtpSalt;
    private readonly GcmNonce _rtcpSalt;

    public AeadGcmTransform(byte[] masterKey, byte[] masterSalt)
    {
        _rtp = CreateCipher(masterKey, masterSalt, SrtpKeyDerivation.RtpEncryption);
        _rtcp = CreateCipher(masterKey, masterSalt, SrtpKeyDerivation.RtcpEncryption);
        _rtpSalt = GcmNonce.Read(SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpSalt, GcmNonce.Length));
        _rtcpSalt = GcmNonce.Read(SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpSalt, GcmNonce.Length));
    }

    /// <summary>Takes session keys, as the vectors of RFC 7714 sections 16 and 17 do.</summary>
    public AeadGcmTransform(byte[] rtpKey, byte[] rtpSalt, byte[] rtcpKey, byte[] rtcpSalt)
    {
        _rtp = AesGcmCipher.Create(rtpKey);
        _rtcp = AesGcmCipher.Create(rtcpKey);
        _rtpSalt = GcmNonce.Read(rtpSalt);
        _rtcpSalt = GcmNonce.Read(rtcpSalt);
    }

    public override int TagLength => GcmTagLength;

    public override int ProtectRtp(Span<byte> buffer, int length, int headerLength, uint ssrc, long index)
    {
        _rtp.Encrypt(Nonce(ssrc, index) ^ _rtpSalt, buffer[..headerLength], buffer[headerLength..length], buffer[length..]);
        return length + GcmTagLength;
    }

    public override int ProtectRtp(
        Span<byte> buffer, int length, int headerLength, int prefixLength, ReadOnlySpan<byte> source, uint ssrc, long index)
    {
        _rtp.Encrypt(
            Nonce(ssrc, index) ^ _rtpSalt, buffer[..headerLength], source, buffer[headerLength..length], prefixLength, buffer[length..]);
        return length + GcmTagLength;
    }

    public override bool TryUnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, long index) =>
        _rtp.TryDecrypt(Nonce(ssrc, index) ^ _rtpSalt, packet[..headerLength], packet[headerLength..^GcmTagLength], packet[^GcmTagLength..]);

    public override int ProtectRtcp(Span<byte> buffer, int length, uint ssrc, uint index)
    {
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + RtcpIndexLength];
        buffer[..RtcpHeaderLength].CopyTo(associated);
        BinaryPrimitives.WriteUInt32BigEndian(associated[RtcpHeaderLength..], EncryptedFlag | index);
        _rtcp.Encrypt(Nonce(ssrc, index) ^ _rtcpSalt, associated, buffer[RtcpHeaderLength..length], buffer[length..]);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[(length + GcmTagLength)..], EncryptedFlag | index);
        return length + GcmTagLength + RtcpIndexLength;
    }

    public override bool TryUnprotectRtcp(Span<byte> packet, uint ssrc)
    {
        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[^RtcpIndexLength..]);
        var nonce = Nonce(ssrc, word & ~EncryptedFlag) ^ _rtcpSalt;
        var tag = packet[^(RtcpIndexLength + GcmTagLength)..^RtcpIndexLength];
        var plain = packet[..^(RtcpIndexLength + GcmTagLength)];
        if ((word & EncryptedFlag) != 0)
        {
            Span<byte> associated = stackalloc byte[RtcpHeaderLength + RtcpIndexLength];
            packet[..RtcpHeaderLength].CopyTo(associated);
            packet[^RtcpIndexLength..].CopyTo(associated[RtcpHeaderLength..]);
            return _rtcp.TryDecrypt(nonce, associated, plain[RtcpHeaderLength..], tag);
        }

        // Unencrypted: everything but the tag is associated data (RFC 7714 section 9.3). An RTCP packet fits a datagram.
        const int longest = 2048;
        if (packet.Length > longest)
        {
            return false;
        }

        Span<byte> whole = stackalloc byte[longest];
        plain.CopyTo(whole);
        packet[^RtcpIndexLength..].CopyTo(whole[plain.Length..]);
        return _rtcp.TryDecrypt(nonce, whole[..(plain.Length + RtcpIndexLength)], [], tag);
    }

    public override int RtcpIndexOffset(int packetLength) => packetLength - RtcpIndexLength;

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    private static AesGcmCipher CreateCipher(byte[] masterKey, byte[] masterSalt, byte label)
    {
        var key = SrtpKeyDerivation.Derive(masterKey, masterSalt, label, AesGcmCipher.KeyLength);
        var cipher = AesGcmCipher.Create(key);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    /// <summary>
    /// RFC 7714 sections 8.1 and 9.1 less the salt: two zero bytes, the SSRC, and 48 bits that are rollover counter and sequence number, or the index
    /// of 31 bits.
    /// </summary>
    private static GcmNonce Nonce(uint ssrc, long index) => new(((ulong)ssrc << 16) | ((ulong)index >> 32), (uint)index);
}
