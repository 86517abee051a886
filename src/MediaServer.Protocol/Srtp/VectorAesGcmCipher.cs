using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AesInstructions = System.Runtime.Intrinsics.X86.Aes;

namespace MediaServer.Protocol.Srtp;

/// <summary>AES-GCM by <see cref="AesGcmKernel{TSum, TDirection}"/>. <typeparamref name="TSum"/> is how it multiplies.</summary>
[SkipLocalsInit]
internal sealed unsafe class VectorAesGcmCipher<TSum>(ReadOnlySpan<byte> key) : AesGcmCipher
    where TSum : struct, IGhashSum
{
    /// <summary>So many bytes at the start may come from elsewhere than the rest.</summary>
    private const int HeadLength = AesGcmKernel.HeadLength;

    private const int GroupLength = AesGcmKernel.GroupLength;
    private readonly GcmKey _key = new(key);

    public static bool CanRun => AesInstructions.IsSupported && TSum.IsSupported;

    public override void Encrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag)
    {
        fixed (byte* a = associated, d = data)
        {
            AesGcmKernel<TSum, Encryption>.Process(_key.Pointer, nonce.ReversedBlock, a, associated.Length, d, d, d, d, data.Length).CopyTo(tag);
        }
    }

    public override void Encrypt(
        GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> source, Span<byte> data, int prefixLength, Span<byte> tag)
    {
        var suffixLength = data.Length - prefixLength - source.Length;
        ArgumentOutOfRangeException.ThrowIfNegative(suffixLength);
        var tailStart = AesGcmKernel.TailStart(data.Length);
        var direct = prefixLength == 0 && suffixLength == 0;
        if (!direct && (data.Length <= 2 * GroupLength || prefixLength > HeadLength || suffixLength > data.Length - tailStart))
        {
            source.CopyTo(data[prefixLength..]);
            Encrypt(nonce, associated, data, tag);
            return;
        }

        // What shares the first bytes with the prefix, or the last group with the suffix, is put beside them; the rest is read where it is.
        if (prefixLength > 0)
        {
            source[..(HeadLength - prefixLength)].CopyTo(data[prefixLength..]);
        }

        if (suffixLength > 0)
        {
            source[(tailStart - prefixLength)..].CopyTo(data[tailStart..]);
        }

        fixed (byte* a = associated, s = source, d = data)
        {
            var body = s - prefixLength;
            AesGcmKernel<TSum, Encryption>.Process(
                _key.Pointer, nonce.ReversedBlock, a, associated.Length, prefixLength > 0 ? d : body, body, suffixLength > 0 ? d : body, d, data.Length)
                .CopyTo(tag);
        }
    }

    public override bool TryDecrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, Span<byte> data, ReadOnlySpan<byte> tag)
    {
        var expected = Vector128.Create(tag[..TagLength]);
        Vector128<byte> actual;
        fixed (byte* a = associated, d = data)
        {
            actual = AesGcmKernel<TSum, Decryption>.Process(_key.Pointer, nonce.ReversedBlock, a, associated.Length, d, d, d, d, data.Length);
        }

        // One comparison of all 16 bytes takes the same time wherever they differ.
        if (actual == expected)
        {
            return true;
        }

        data.Clear();
        return false;
    }

    public override void Dispose() => _key.Clear();
}
