using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MediaServer.Benchmarks;

/// <summary>AES-128-GCM by OpenSSL's EVP interface, as a C program would use it: one context, the key set once, a nonce per packet.</summary>
internal sealed unsafe partial class OpenSslAesGcm : IDisposable
{
    private const string Library = "libcrypto.so.3";
    private const int GetTag = 0x10;
    private const int SetTag = 0x11;
    private readonly nint _encrypt = EVP_CIPHER_CTX_new();
    private readonly nint _decrypt = EVP_CIPHER_CTX_new();

    public OpenSslAesGcm(byte[] key)
    {
        fixed (byte* k = key)
        {
            Check(EVP_CipherInit_ex(_encrypt, EVP_aes_128_gcm(), 0, k, null, 1));
            Check(EVP_CipherInit_ex(_decrypt, EVP_aes_128_gcm(), 0, k, null, 0));
        }
    }

    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag)
    {
        fixed (byte* n = nonce, a = associated, d = data, t = tag)
        {
            int written;
            Check(EVP_CipherInit_ex(_encrypt, 0, 0, null, n, 1));
            Check(EVP_CipherUpdate(_encrypt, null, &written, a, associated.Length));
            Check(EVP_CipherUpdate(_encrypt, d, &written, d, data.Length));
            Check(EVP_CipherFinal_ex(_encrypt, d, &written));
            Check(EVP_CIPHER_CTX_ctrl(_encrypt, GetTag, tag.Length, t));
        }
    }

    public bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, ReadOnlySpan<byte> tag)
    {
        fixed (byte* n = nonce, a = associated, d = data, t = tag)
        {
            int written;
            Check(EVP_CipherInit_ex(_decrypt, 0, 0, null, n, 0));
            Check(EVP_CipherUpdate(_decrypt, null, &written, a, associated.Length));
            Check(EVP_CipherUpdate(_decrypt, d, &written, d, data.Length));
            Check(EVP_CIPHER_CTX_ctrl(_decrypt, SetTag, tag.Length, t));
            return EVP_CipherFinal_ex(_decrypt, d, &written) == 1;
        }
    }

    public void Dispose()
    {
        EVP_CIPHER_CTX_free(_encrypt);
        EVP_CIPHER_CTX_free(_decrypt);
    }

    private static void Check(int result)
    {
        if (result != 1)
        {
            throw new CryptographicException("OpenSSL refused.");
        }
    }

    [LibraryImport(Library)]
    [SuppressGCTransition]
    private static partial nint EVP_aes_128_gcm();

    [LibraryImport(Library)]
    private static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(Library)]
    private static partial void EVP_CIPHER_CTX_free(nint context);

    // The calls take less than a microsecond and never call back: without the transition of the collector they are as cheap as in C.
    [LibraryImport(Library)]
    [SuppressGCTransition]
    private static partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* nonce, int encrypt);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    private static partial int EVP_CipherUpdate(nint context, byte* output, int* outputLength, byte* input, int inputLength);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    private static partial int EVP_CipherFinal_ex(nint context, byte* output, int* outputLength);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    private static partial int EVP_CIPHER_CTX_ctrl(nint context, int command, int number, byte* pointer);
}
