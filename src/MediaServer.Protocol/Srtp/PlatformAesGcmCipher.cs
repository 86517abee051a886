using System.Security.Cryptography;

namespace MediaServer.Protocol.Srtp;

/// <summary>AES-GCM by the platform, for processors whose instructions the other path does not know (ARM among them).</summary>
internal sealed class PlatformAesGcmCipher(ReadOnlySpan<byte> key) : AesGcmCipher
{
    private readonly AesGcm _cipher = new(key, TagLength);

    public override void Encrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag)
    {
        Span<byte> bytes = stackalloc byte[GcmNonce.Length];
        nonce.Write(bytes);
        _cipher.Encrypt(bytes, data, data, tag, associated);
    }

    public override void Encrypt(
        GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> source, Span<byte> data, int prefixLength, Span<byte> tag)
    {
        source.CopyTo(data[prefixLength..]);
        Encrypt(nonce, associated, data, tag);
    }

    public override bool TryDecrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, Span<byte> data, ReadOnlySpan<byte> tag)
    {
        Span<byte> bytes = stackalloc byte[GcmNonce.Length];
        nonce.Write(bytes);
        try
        {
            _cipher.Decrypt(bytes, data, tag, data, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // The platform knows no other way to say so.
            return false;
        }
    }

    public override void Dispose() => _cipher.Dispose();
}
