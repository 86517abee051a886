using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace MediaServer.Protocol.Srtp;

/// <summary>AES_CM_128_HMAC_SHA1_80 for SRTP and SRTCP (RFC 3711 sections 4.1.1 and 4.2.1).</summary>
[SkipLocalsInit]
internal sealed class AesCmTransform : SrtpTransform
{
    private const int HmacTagLength = 10;
    private const int HmacLength = 20;
    private const int RolloverLength = 4;
    private readonly AesCounterMode _rtp;
    private readonly AesCounterMode _rtcp;
    private readonly byte[] _rtpSalt;
    private readonly byte[] _rtcpSalt;
    private readonly IncrementalHash _rtpAuthentication;
    private readonly byte[] _rtcpAuthentication;

    public AesCmTransform(byte[] masterKey, byte[] masterSalt)
    {
        _rtp = new AesCounterMode(SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpEncryption, 16));
        _rtcp = new AesCounterMode(SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpEncryption, 16));
        _rtpSalt = SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpSalt, 14);
        _rtcpSalt = SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpSalt, 14);
        var authentication = SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpAuthentication, HmacLength);
        _rtpAuthentication = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authentication);
        _rtcpAuthentication = SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpAuthentication, HmacLength);
    }

    public override int TagLength => HmacTagLength;

    public override int ProtectRtp(Span<byte> buffer, int length, int headerLength, uint ssrc, long index)
    {
        Encrypt(_rtp, _rtpSalt, buffer[headerLength..length], ssrc, index);
        Span<byte> hash = stackalloc byte[HmacLength];
        HashRtp(buffer[..(length + RolloverLength)], index, hash);
        hash[..HmacTagLength].CopyTo(buffer[length..]);
        return length + HmacTagLength;
    }

    public override int ProtectRtp(
        Span<byte> buffer, int length, int headerLength, int prefixLength, ReadOnlySpan<byte> source, uint ssrc, long index)
    {
        source.CopyTo(buffer[(headerLength + prefixLength)..]);
        return ProtectRtp(buffer, length, headerLength, ssrc, index);
    }

    public override bool TryUnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        Span<byte> tag = stackalloc byte[HmacTagLength];
        packet[^HmacTagLength..].CopyTo(tag);
        Span<byte> hash = stackalloc byte[HmacLength];
        HashRtp(packet[..^(HmacTagLength - RolloverLength)], index, hash);
        if (!CryptographicOperations.FixedTimeEquals(hash[..HmacTagLength], tag))
        {
            return false;
        }

        Encrypt(_rtp, _rtpSalt, packet[headerLength..^HmacTagLength], ssrc, index);
        return true;
    }

    public override int ProtectRtcp(Span<byte> buffer, int length, uint ssrc, uint index)
    {
        Encrypt(_rtcp, _rtcpSalt, buffer[RtcpHeaderLength..length], ssrc, index);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], EncryptedFlag | index);
        var authenticated = length + RtcpIndexLength;
        Span<byte> hash = stackalloc byte[HmacLength];
        HMACSHA1.HashData(_rtcpAuthentication, buffer[..authenticated], hash);
        hash[..HmacTagLength].CopyTo(buffer[authenticated..]);
        return authenticated + HmacTagLength;
    }

    public override bool TryUnprotectRtcp(Span<byte> packet, uint ssrc)
    {
        Span<byte> hash = stackalloc byte[HmacLength];
        HMACSHA1.HashData(_rtcpAuthentication, packet[..^HmacTagLength], hash);
        if (!CryptographicOperations.FixedTimeEquals(hash[..HmacTagLength], packet[^HmacTagLength..]))
        {
            return false;
        }

        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[RtcpIndexOffset(packet.Length)..]);
        if ((word & EncryptedFlag) != 0)
        {
            Encrypt(_rtcp, _rtcpSalt, packet[RtcpHeaderLength..RtcpIndexOffset(packet.Length)], ssrc, word & ~EncryptedFlag);
        }

        return true;
    }

    public override int RtcpIndexOffset(int packetLength) => packetLength - HmacTagLength - RtcpIndexLength;

    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
        _rtpAuthentication.Dispose();
        CryptographicOperations.ZeroMemory(_rtcpAuthentication);
    }

    /// <summary>Section 4.1.1: IV = salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.</summary>
    private static void Encrypt(AesCounterMode cipher, ReadOnlySpan<byte> salt, Span<byte> payload, uint ssrc, long index)
    {
        Span<byte> iv = stackalloc byte[16];
        iv[14..].Clear();
        salt.CopyTo(iv);
        BinaryPrimitives.WriteUInt32BigEndian(iv[4..], BinaryPrimitives.ReadUInt32BigEndian(iv[4..]) ^ ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(iv[8..], BinaryPrimitives.ReadUInt64BigEndian(iv[8..]) ^ ((ulong)index << 16));
        cipher.Apply(iv, payload);
    }

    /// <summary>
    /// Section 4.2: over the packet, then the rollover counter, which is written to the last four bytes, where the tag has its place: to hash both at
    /// once costs one call into the platform less.
    /// </summary>
    private void HashRtp(Span<byte> packet, long index, Span<byte> hash)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet[^RolloverLength..], (uint)(index >> 16));
        _rtpAuthentication.AppendData(packet);
        _rtpAuthentication.GetHashAndReset(hash);
    }
}
