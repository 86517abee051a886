using System.Security.Cryptography;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Tests.Srtp;

/// <summary>Each path that this processor can run, whichever it would choose.</summary>
public class AesGcmPaths : TheoryData<int>
{
    public AesGcmPaths()
    {
        foreach (var path in Enum.GetValues<AesGcmPath>().Where(AesGcmCipher.IsSupported))
        {
            Add((int)path);
        }
    }
}

/// <summary>Random input of one packet, and what the platform's AES-GCM makes of it.</summary>
internal sealed class AesGcmCase
{
    public AesGcmCase(Random random, int length, int associatedLength)
    {
        Key = Fill(random, 16);
        Nonce = Fill(random, 12);
        Plain = Fill(random, length);
        Associated = Fill(random, associatedLength);
        Cipher = new byte[length];
        Tag = new byte[16];
        using var reference = new AesGcm(Key, 16);
        reference.Encrypt(Nonce, Plain, Cipher, Tag, Associated);
    }

    public byte[] Key { get; }

    public byte[] Nonce { get; }

    public byte[] Plain { get; }

    public byte[] Associated { get; }

    public byte[] Cipher { get; }

    public byte[] Tag { get; }

    public GcmNonce GcmNonce => GcmNonce.Read(Nonce);

    public override string ToString() => $"{Plain.Length} bytes, {Associated.Length} associated";

    private static byte[] Fill(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
