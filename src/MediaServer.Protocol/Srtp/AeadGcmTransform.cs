using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MediaServer.Protocol.Srtp;

/// <summary>AEAD_AES_128_GCM for SRTP and SRTCP (RFC 7714).</summary>
internal sealed class AeadGcmTransform : SrtpTransform
{
    private const int GcmTagLength = 16;
    private const int SaltLength = 12;
    private readonly AesGcm _rtp;
    private readonly AesGcm _rtcp;
    private readonly byte[] _rtpSalt;
    private readonly byte[] _rtcpSalt;

    public AeadGcmTransform(byte[] masterKey, byte[] masterSalt)
        : this(
            SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpEncryption, 16),
            SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpSalt, SaltLength),
            SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpEncryption, 16),
            SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpSalt, SaltLength))
    {
    }

    /// <summary>Takes session keys, as the vectors of RFC 7714 sections 16 and 17 do.</summary>
    public AeadGcmTransform(byte[] rtpKey, byte[] rtpSalt, byte[] rtcpKey, byte[] rtcpSalt)
    {
        _rtp = new AesGcm(rtpKey, GcmTagLength);
        _rtcp = new AesGcm(rtcpKey, GcmTagLength);
        _rtpSalt = rtpSalt;
        _rtcpSalt = rtcpSalt;
    }

    public override int TagLength => GcmTagLength;

    public override int ProtectRtp(Span<byte> buffer, int length, int headerLength, uint ssrc, long index)
    {
        Span<byte> iv = stackalloc byte[SaltLength];
        WriteRtpIv(iv, ssrc, index);
        var payload = buffer[headerLength..length];
        _rtp.Encrypt(iv, payload, payload, buffer.Slice(length, GcmTagLength), buffer[..headerLength]);
        return length + GcmTagLength;
    }

    public override bool TryUnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        Span<byte> iv = stackalloc byte[SaltLength];
        WriteRtpIv(iv, ssrc, index);
        var payload = packet[headerLength..^GcmTagLength];
        return TryDecrypt(_rtp, iv, payload, packet[^GcmTagLength..], packet[..headerLength]);
    }

    public override int ProtectRtcp(Span<byte> buffer, int length, uint ssrc, uint index)
    {
        Span<byte> iv = stackalloc byte[SaltLength];
        WriteRtcpIv(iv, ssrc, index);
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + RtcpIndexLength];
        buffer[..RtcpHeaderLength].CopyTo(associated);
        BinaryPrimitives.WriteUInt32BigEndian(associated[RtcpHeaderLength..], EncryptedFlag | index);
        var payload = buffer[RtcpHeaderLength..length];
        _rtcp.Encrypt(iv, payload, payload, buffer.Slice(length, GcmTagLength), associated);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[(length + GcmTagLength)..], EncryptedFlag | index);
        return length + GcmTagLength + RtcpIndexLength;
    }

    public override bool TryUnprotectRtcp(Span<byte> packet, uint ssrc)
    {
        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[^RtcpIndexLength..]);
        Span<byte> iv = stackalloc byte[SaltLength];
        WriteRtcpIv(iv, ssrc, word & ~EncryptedFlag);
        var tag = packet[^(RtcpIndexLength + GcmTagLength)..^RtcpIndexLength];
        var plain = packet[..^(RtcpIndexLength + GcmTagLength)];
        if ((word & EncryptedFlag) != 0)
        {
            Span<byte> associated = stackalloc byte[RtcpHeaderLength + RtcpIndexLength];
            packet[..RtcpHeaderLength].CopyTo(associated);
            packet[^RtcpIndexLength..].CopyTo(associated[RtcpHeaderLength..]);
            return TryDecrypt(_rtcp, iv, plain[RtcpHeaderLength..], tag, associated);
        }

        // Unencrypted: everything but the tag is associated data (RFC 7714 section 9.3). An RTCP packet fits a datagram.
        const int longest = 2048;
        if (packet.Length > longest)
        {
            return false;
        }

        Span<byte> whole = stackalloc byte[plain.Length + RtcpIndexLength];
        plain.CopyTo(whole);
        packet[^RtcpIndexLength..].CopyTo(whole[plain.Length..]);
        return TryDecrypt(_rtcp, iv, [], tag, whole);
    }

    public override int RtcpIndexOffset(int packetLength) => packetLength - RtcpIndexLength;

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    private static bool TryDecrypt(AesGcm cipher, ReadOnlySpan<byte> iv, Span<byte> payload, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated)
    {
        try
        {
            cipher.Decrypt(iv, payload, tag, payload, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>RFC 7714 section 8.1: 0x0000, SSRC, ROC and SEQ, XOR salt.</summary>
    private void WriteRtpIv(Span<byte> iv, uint ssrc, long index)
    {
        BinaryPrimitives.WriteUInt16BigEndian(iv, 0);
        BinaryPrimitives.WriteUInt32BigEndian(iv[2..], ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(iv[6..], (uint)(index >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(iv[10..], (ushort)index);
        Xor(iv, _rtpSalt);
    }

    /// <summary>RFC 7714 section 9.1: 0x0000, SSRC, 0x0000, 0 and the 31-bit index, XOR salt.</summary>
    private void WriteRtcpIv(Span<byte> iv, uint ssrc, uint index)
    {
        BinaryPrimitives.WriteUInt16BigEndian(iv, 0);
        BinaryPrimitives.WriteUInt32BigEndian(iv[2..], ssrc);
        BinaryPrimitives.WriteUInt16BigEndian(iv[6..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(iv[8..], index);
        Xor(iv, _rtcpSalt);
    }

    private static void Xor(Span<byte> iv, ReadOnlySpan<byte> salt)
    {
        for (var i = 0; i < SaltLength; i++)
        {
            iv[i] ^= salt[i];
        }
    }
}
