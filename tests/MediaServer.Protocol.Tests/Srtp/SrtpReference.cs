using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Tests.Srtp;

/// <summary>
/// SRTP written a second time, as plainly as the RFCs put it and on other primitives (ECB block by block, whole-number arithmetic), to compare the
/// real one with bit for bit.
/// </summary>
internal static class SrtpReference
{
    public static byte[] ProtectRtp(SrtpKeyingMaterial keys, byte[] packet, int headerLength, uint rollover)
    {
        var (header, payload) = (packet[..headerLength], packet[headerLength..]);
        var (sequence, ssrc) = (BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)), BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(8)));
        var index = ((ulong)rollover << 16) | sequence;
        if (keys.Profile == SrtpProfile.AeadAes128Gcm)
        {
            // RFC 7714 section 8.1.
            var iv = Xor([0, 0, .. BigEndian(ssrc, 4), .. BigEndian(rollover, 4), .. BigEndian(sequence, 2)], Derive(keys, 2, 12));
            return [.. header, .. Gcm(Derive(keys, 0, 16), iv, payload, header)];
        }

        byte[] encrypted = [.. header, .. CounterMode(keys, 0, 2, ssrc, index, payload)];
        return [.. encrypted, .. HMACSHA1.HashData(Derive(keys, 1, 20), (byte[])[.. encrypted, .. BigEndian(rollover, 4)])[..10]];
    }

    public static byte[] ProtectRtcp(SrtpKeyingMaterial keys, byte[] packet, uint index, bool encrypt = true)
    {
        var (header, payload) = (packet[..8], packet[8..]);
        var ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4));
        var word = BigEndian((encrypt ? 0x8000_0000 : 0) | index, 4);
        if (keys.Profile == SrtpProfile.AeadAes128Gcm)
        {
            // RFC 7714 section 9.1.
            var iv = Xor([0, 0, .. BigEndian(ssrc, 4), 0, 0, .. BigEndian(index, 4)], Derive(keys, 5, 12));
            return [.. header, .. Gcm(Derive(keys, 3, 16), iv, payload, [.. header, .. word]), .. word];
        }

        byte[] encrypted = [.. header, .. encrypt ? CounterMode(keys, 3, 5, ssrc, index, payload) : payload, .. word];
        return [.. encrypted, .. HMACSHA1.HashData(Derive(keys, 4, 20), encrypted)[..10]];
    }

    /// <summary>RFC 3711 section 4.1.1: IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16).</summary>
    private static byte[] CounterMode(SrtpKeyingMaterial keys, byte keyLabel, byte saltLabel, uint ssrc, ulong index, byte[] data)
    {
        var salt = new BigInteger(Derive(keys, saltLabel, 14), isUnsigned: true, isBigEndian: true);
        return Keystream(Derive(keys, keyLabel, 16), (salt << 16) ^ ((BigInteger)ssrc << 64) ^ ((BigInteger)index << 16), data);
    }

    /// <summary>RFC 3711 section 4.3.1: the keystream for x = label * 2^48 XOR master_salt, as IV x * 2^16.</summary>
    private static byte[] Derive(SrtpKeyingMaterial keys, byte label, int length)
    {
        byte[] salt = [.. keys.LocalSalt, .. new byte[14 - keys.LocalSalt.Length]];
        var x = ((BigInteger)label << 48) ^ new BigInteger(salt, isUnsigned: true, isBigEndian: true);
        return Keystream(keys.LocalKey, x << 16, new byte[length]);
    }

    private static byte[] Keystream(byte[] key, BigInteger iv, byte[] data)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var result = data.ToArray();
        for (var i = 0; i < data.Length; i += 16)
        {
            var block = (iv + (i / 16)).ToByteArray(isUnsigned: true, isBigEndian: true);
            var stream = aes.EncryptEcb([.. new byte[16 - block.Length], .. block], PaddingMode.None);
            for (var k = i; k < Math.Min(i + 16, data.Length); k++)
            {
                result[k] ^= stream[k - i];
            }
        }

        return result;
    }

    private static byte[] Gcm(byte[] key, byte[] iv, byte[] plain, byte[] associated)
    {
        using var gcm = new AesGcm(key, 16);
        var (cipher, tag) = (new byte[plain.Length], new byte[16]);
        gcm.Encrypt(iv, plain, cipher, tag, associated);
        return [.. cipher, .. tag];
    }

    private static byte[] BigEndian(uint value, int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes[(4 - length)..];
    }

    private static byte[] Xor(byte[] a, byte[] b) => [.. a.Zip(b, (x, y) => (byte)(x ^ y))];
}
