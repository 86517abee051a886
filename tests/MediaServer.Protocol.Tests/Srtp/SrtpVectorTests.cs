using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Srtp;
using MediaServer.Protocol.Tests.Harness;

namespace MediaServer.Protocol.Tests.Srtp;

public class SrtpVectorTests
{
    private const string Rfc7714Rtp = "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573";
    private const string Rfc7714Rtcp = "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef deadbeef deadbeef deadbeef";

    /// <summary>RFC 7714 section 16.1.1: AEAD_AES_128_GCM, rollover counter 0.</summary>
    [Fact]
    public void Rfc7714Rtp16()
    {
        const string expected = """
            8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf
            8833899d 7f27beb1 6a9152cf 765ee439 0cce
            """;
        using var transform = Rfc7714();
        var buffer = Padded(Rfc7714Rtp, out var length);
        Assert.Equal(length + 16, transform.ProtectRtp(buffer, length, 12, 0x5501A0B2, 0xF17B));
        Assert.Equal(Bytes.Hex(Bytes.Hex(expected)), Bytes.Hex(buffer.AsSpan(0, length + 16)));
        Assert.True(transform.TryUnprotectRtp(buffer.AsSpan(0, length + 16), 12, 0x5501A0B2, 0xF17B));
        Assert.Equal(Bytes.Hex(Rfc7714Rtp), buffer[..length]);
    }

    /// <summary>RFC 7714 section 17.1: encrypted, index 0x5d4.</summary>
    [Fact]
    public void Rfc7714Rtcp17()
    {
        const string expected = """
            81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda 4ce09b46 86303ded
            0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4
            """;
        using var transform = Rfc7714();
        var buffer = Padded(Rfc7714Rtcp, out var length);
        Assert.Equal(length + 20, transform.ProtectRtcp(buffer, length, 0x4D617273, 0x5D4));
        Assert.Equal(Bytes.Hex(Bytes.Hex(expected)), Bytes.Hex(buffer.AsSpan(0, length + 20)));
        Assert.True(transform.TryUnprotectRtcp(buffer.AsSpan(0, length + 20), 0x4D617273));
        Assert.Equal(Bytes.Hex(Rfc7714Rtcp), buffer[..length]);
    }

    /// <summary>RFC 7714 section 17.3: tagged but not encrypted (E flag 0).</summary>
    [Fact]
    public void Rfc7714RtcpTaggedOnly()
    {
        var packet = Bytes.Hex(Rfc7714Rtcp + "841dd968 3dd78ec9 2ae58790 125f62b3 000005d4");
        using var transform = Rfc7714();
        for (var bit = 0; bit < packet.Length * 8; bit++)
        {
            Assert.False(transform.TryUnprotectRtcp(Bytes.FlipBit(packet, bit), 0x4D617273), $"bit {bit}");
        }

        Assert.True(transform.TryUnprotectRtcp(packet, 0x4D617273));
        Assert.Equal(Bytes.Hex(Rfc7714Rtcp), packet[..52]);
    }

    public static TheoryData<string, SrtpProfile, string, string, string, string> LibSrtp => new()
    {
        {
            "RTP", SrtpProfile.AesCm128HmacSha1Tag80, "e1f97a0d3e018be0d64fa32c06de4139", "0ec675ad498afeebb6960b3aabe6",
            "800f1234 decafbad cafebabe abababab abababab abababab abababab",
            "800f1234 decafbad cafebabe 4e55dc4c e79978d8 8ca4d215 949d2402 b78d6acc 99ea179b 8dbb"
        },
        {
            "RTCP", SrtpProfile.AesCm128HmacSha1Tag80, "e1f97a0d3e018be0d64fa32c06de4139", "0ec675ad498afeebb6960b3aabe6",
            "81c8000b cafebabe abababab abababab abababab abababab",
            "81c8000b cafebabe 7128035b e487b9bd bef89041 f977a5a8 80000001 993e08cd 54d6c123 0798"
        },
        {
            "RTP", SrtpProfile.AeadAes128Gcm, "000102030405060708090a0b0c0d0e0f", "a0a1a2a3a4a5a6a7a8a9aaab",
            "800f1234 decafbad cafebabe abababab abababab abababab abababab",
            "800f1234 decafbad cafebabe c5002ede 04cfdd2e b91159e0 880aa06e d2976826 f796b201 df3131a1 27e8a392"
        },
        {
            "RTCP", SrtpProfile.AeadAes128Gcm, "000102030405060708090a0b0c0d0e0f", "a0a1a2a3a4a5a6a7a8a9aaab",
            "81c8000b cafebabe abababab abababab abababab abababab",
            "81c8000b cafebabe c98b8b5d f0392a55 852b6c21 ac8e7025 c52c6fbe a2b3b446 ea31123b a88ce61e 80000001"
        },
    };

    /// <summary>The master keys and packets of libsrtp's test driver, through the whole session: derivation, indices, ciphers.</summary>
    [Theory]
    [MemberData(nameof(LibSrtp))]
    public void WhatLibSrtpSends(string kind, SrtpProfile profile, string key, string salt, string plain, string expected)
    {
        var (keyBytes, saltBytes) = (Bytes.Hex(key), Bytes.Hex(salt));
        using var session = new SrtpSession(new SrtpKeyingMaterial(profile, keyBytes, saltBytes, keyBytes, saltBytes));
        var buffer = Padded(plain, out var length);
        var isRtp = kind == "RTP";
        var sent = isRtp ? session.ProtectRtp(buffer, length) : session.ProtectRtcp(buffer, length);
        Assert.Equal(Bytes.Hex(Bytes.Hex(expected)), Bytes.Hex(buffer.AsSpan(0, sent)));
        Assert.True(isRtp
            ? session.TryUnprotectRtp(buffer.AsSpan(0, sent), out var read, out var reason)
            : session.TryUnprotectRtcp(buffer.AsSpan(0, sent), out read, out reason));
        Assert.Equal((length, DropReason.None), (read, reason));
        Assert.Equal(Bytes.Hex(plain), buffer[..length]);
    }

    private static AeadGcmTransform Rfc7714()
    {
        var (key, salt) = (Bytes.Hex("000102030405060708090a0b0c0d0e0f"), Bytes.Hex("517569642070726f2071756f"));
        return new AeadGcmTransform(key, salt, key, salt);
    }

    private static byte[] Padded(string hex, out int length)
    {
        var bytes = Bytes.Hex(hex);
        length = bytes.Length;
        return [.. bytes, .. new byte[SrtpSession.MaxRtcpOverhead]];
    }
}
