using System.Security.Cryptography;
using CsCheck;
using MediaServer.Protocol.Srtp;
using MediaServer.Protocol.Tests.Harness;

namespace MediaServer.Protocol.Tests.Srtp;

public class AesCounterModeTests
{
    /// <summary>RFC 3711 appendix B.2: keystream blocks by counter.</summary>
    [Theory]
    [InlineData(0x0000, "e03ead0935c95e80e166b16dd92b4eb4")]
    [InlineData(0x0001, "d23513162b02d0f72a43a2fe4a5f97ab")]
    [InlineData(0x0002, "41e95b3bb0a2e8dd477901e4fca894c0")]
    [InlineData(0xFEFF, "ec8cdf7398607cb0f2d21675ea9ea1e4")]
    [InlineData(0xFF00, "362b7c3c6773516318a077d7fc5073ae")]
    [InlineData(0xFF01, "6a2cc3787889374fbeb4c81b17ba6c44")]
    public void KeystreamOfRfc3711(int block, string expected)
    {
        using var cipher = new AesCounterMode(Bytes.Hex("2b7e151628aed2a6abf7158809cf4f3c"));
        var keystream = new byte[(block + 1) * 16];
        cipher.Apply(Bytes.Hex("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"), keystream);
        Assert.Equal(expected, Bytes.Hex(keystream.AsSpan(block * 16, 16)));
    }

    [Fact]
    public void AnyLengthAndAnyCounterGiveWhatTheBlockCipherGives() =>
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16], Gen.Byte.Array[0, 300]).Sample((key, iv, data) =>
        {
            using var aes = Aes.Create();
            aes.Key = key;
            var expected = data.ToArray();
            var block = iv.ToArray();
            for (var i = 0; i < data.Length; i++)
            {
                var counter = (ushort)((iv[14] << 8) + iv[15] + (i / 16));
                (block[14], block[15]) = ((byte)(counter >> 8), (byte)counter);
                expected[i] ^= aes.EncryptEcb(block, PaddingMode.None)[i % 16];
            }

            using var cipher = new AesCounterMode(key);
            cipher.Apply(iv, data);
            Assert.Equal(expected, data);
        });

    /// <summary>RFC 3711 appendix B.3, with all 94 bytes of authentication key that it prints.</summary>
    [Theory]
    [InlineData(SrtpKeyDerivation.RtpEncryption, "c61e7a93744f39ee10734afe3ff7a087")]
    [InlineData(SrtpKeyDerivation.RtpSalt, "30cbbc08863d8c85d49db34a9ae1")]
    [InlineData(SrtpKeyDerivation.RtpAuthentication, """
        cebe321f6ff7716b6fd4ab49af256a15 6d38baa48f0a0acf3c34e2359e6cdbce e049646c43d9327ad175578ef7227098
        6371c10c9a369ac2f94a8c5fbcdddc25 6d6e919a48b610ef17c2041e47403576 6b68642c59bbfc2f34db60dbdfb2
        """)]
    public void KeyDerivationOfRfc3711(byte label, string expected)
    {
        var bytes = Bytes.Hex(expected);
        var derived = SrtpKeyDerivation.Derive(Bytes.Hex("e1f97a0d3e018be0d64fa32c06de4139"), Bytes.Hex("0ec675ad498afeebb6960b3aabe6"), label, bytes.Length);
        Assert.Equal(Bytes.Hex(bytes), Bytes.Hex(derived));
    }

    [Fact]
    public void AllSixLabelsGiveDifferentKeys() => Assert.Equal(6, Enumerable.Range(0, 6)
        .Select(label => Bytes.Hex(SrtpKeyDerivation.Derive(new byte[16], new byte[14], (byte)label, 16))).Distinct().Count());

    /// <summary>RFC 7714 section 11: a salt of 12 bytes counts as one of 14 that ends in zeros.</summary>
    [Fact]
    public void AShortSaltIsPaddedOnTheRight() => Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[12], Gen.Byte[0, 5]).Sample((key, salt, label) =>
        Assert.Equal(SrtpKeyDerivation.Derive(key, [.. salt, 0, 0], label, 16), SrtpKeyDerivation.Derive(key, salt, label, 16)));
}
