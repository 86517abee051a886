namespace MediaServer.Protocol.Srtp;

/// <summary>Which code does AES-128-GCM. The order is from slow to fast.</summary>
internal enum AesGcmPath
{
    /// <summary>The platform's <see cref="System.Security.Cryptography.AesGcm"/>.</summary>
    Platform,

    /// <summary>AES-NI, PCLMULQDQ and AVX2.</summary>
    CarrylessMultiply128,

    /// <summary>AES-NI and VPCLMULQDQ on 256 bits.</summary>
    CarrylessMultiply256,
}

/// <summary>
/// AES-128-GCM under one key (NIST SP 800-38D), with nonces of 96 and tags of 128 bits. Nothing is allocated per call, and a wrong tag is a result,
/// not an exception. One thread uses it.
/// </summary>
internal abstract class AesGcmCipher : IDisposable
{
    public const int KeyLength = 16;
    public const int TagLength = 16;

    /// <summary>The fastest path of this processor.</summary>
    public static AesGcmPath BestPath { get; } =
        IsSupported(AesGcmPath.CarrylessMultiply256) ? AesGcmPath.CarrylessMultiply256
        : IsSupported(AesGcmPath.CarrylessMultiply128) ? AesGcmPath.CarrylessMultiply128
        : AesGcmPath.Platform;

    public static bool IsSupported(AesGcmPath path) => path switch
    {
        AesGcmPath.CarrylessMultiply128 => VectorAesGcmCipher<GhashSum128>.CanRun,
        AesGcmPath.CarrylessMultiply256 => VectorAesGcmCipher<GhashSum256>.CanRun,
        _ => true,
    };

    /// <param name="key">16 bytes.</param>
    public static AesGcmCipher Create(ReadOnlySpan<byte> key) => Create(key, BestPath);

    /// <inheritdoc cref="Create(ReadOnlySpan{byte})"/>
    public static AesGcmCipher Create(ReadOnlySpan<byte> key, AesGcmPath path) => path switch
    {
        AesGcmPath.CarrylessMultiply128 => new VectorAesGcmCipher<GhashSum128>(key),
        AesGcmPath.CarrylessMultiply256 => new VectorAesGcmCipher<GhashSum256>(key),
        _ => new PlatformAesGcmCipher(key),
    };

    /// <summary>Encrypts <paramref name="data"/> in place and writes the 16 bytes of <paramref name="tag"/>.</summary>
    public abstract void Encrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag);

    /// <summary>
    /// As the other, but the plaintext is the first <paramref name="prefixLength"/> bytes of <paramref name="data"/>, then
    /// <paramref name="source"/>, then what stands in <paramref name="data"/> behind that. The two must not overlap.
    /// </summary>
    public abstract void Encrypt(
        GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> source, Span<byte> data, int prefixLength, Span<byte> tag);

    /// <summary>Decrypts <paramref name="data"/> in place; when the tag is wrong it is zeroed instead, and the result is false.</summary>
    public abstract bool TryDecrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, Span<byte> data, ReadOnlySpan<byte> tag);

    public abstract void Dispose();
}
