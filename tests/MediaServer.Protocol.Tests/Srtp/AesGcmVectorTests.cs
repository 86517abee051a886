using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Tests.Srtp;

/// <summary>Published vectors, on each path.</summary>
public class AesGcmVectorTests
{
    private const string SpecificationKey = "feffe9928665731c6d6a8f9467308308";
    private const string SpecificationNonce = "cafebabefacedbaddecaf888";

    private const string SpecificationPlain =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";

    private const string SpecificationCipher =
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985";

    private const string Rfc7714Key = "000102030405060708090a0b0c0d0e0f";
    private const string Rfc7714Header = "8040f17b8041f8d35501a0b2";

    private const string Rfc7714Plain =
        "47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";

    private const string Rfc7714Cipher =
        "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833";

    public static TheoryData<int, string[]> Cases
    {
        get
        {
            var cases = new TheoryData<int, string[]>();
            foreach (var path in Enum.GetValues<AesGcmPath>().Where(AesGcmCipher.IsSupported))
            {
                foreach (var vector in Vectors())
                {
                    cases.Add((int)path, vector);
                }
            }

            return cases;
        }
    }

    /// <param name="path">Which code.</param>
    /// <param name="vector">Key, nonce, associated data, plaintext, ciphertext, tag.</param>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Encrypts(int path, string[] vector)
    {
        using var cipher = AesGcmCipher.Create(Hex(vector[0]), (AesGcmPath)path);
        var data = Hex(vector[3]);
        var tag = new byte[16];
        cipher.Encrypt(GcmNonce.Read(Hex(vector[1])), Hex(vector[2]), data, tag);
        Assert.Equal(vector[4], Convert.ToHexStringLower(data));
        Assert.Equal(vector[5], Convert.ToHexStringLower(tag));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decrypts(int path, string[] vector)
    {
        using var cipher = AesGcmCipher.Create(Hex(vector[0]), (AesGcmPath)path);
        var data = Hex(vector[4]);
        Assert.True(cipher.TryDecrypt(GcmNonce.Read(Hex(vector[1])), Hex(vector[2]), data, Hex(vector[5])));
        Assert.Equal(vector[3], Convert.ToHexStringLower(data));
    }

    /// <summary>A nonce keeps its bytes, and its block counts from them.</summary>
    [Fact]
    public void ANonceIsReadAndWrittenInOrder()
    {
        var written = new byte[GcmNonce.Length];
        GcmNonce.Read(Hex(SpecificationNonce)).Write(written);
        Assert.Equal(SpecificationNonce, Convert.ToHexStringLower(written));
    }

    /// <summary>
    /// Test cases 1-4 of McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, the submission to NIST; and RFC 7714 section
    /// 16.1.1, whose header is 12 bytes and payload 38.
    /// </summary>
    private static IEnumerable<string[]> Vectors() =>
    [
        ["00000000000000000000000000000000", "000000000000000000000000", "", "", "", "58e2fccefa7e3061367f1d57a4e7455a"],
        [
            "00000000000000000000000000000000", "000000000000000000000000", "", "00000000000000000000000000000000",
            "0388dace60b6a392f328c2b971b2fe78", "ab6e47d42cec13bdf53a67b21257bddf",
        ],
        [SpecificationKey, SpecificationNonce, "", SpecificationPlain, SpecificationCipher, "4d5c2af327cd64a62cf35abd2ba6fab4"],
        [
            SpecificationKey, SpecificationNonce, "feedfacedeadbeeffeedfacedeadbeefabaddad2", SpecificationPlain[..120], SpecificationCipher[..120],
            "5bc94fbc3221a5db94fae95ae7121a47",
        ],
        [Rfc7714Key, "51753c6580c2726f20718414", Rfc7714Header, Rfc7714Plain, Rfc7714Cipher, "899d7f27beb16a9152cf765ee4390cce"],
    ];

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
