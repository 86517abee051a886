using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AesInstructions = System.Runtime.Intrinsics.X86.Aes;

namespace MediaServer.Protocol.Srtp;

internal interface IGcmDirection;

internal struct Encryption : IGcmDirection;

internal struct Decryption : IGcmDirection;

internal static class AesGcmKernel
{
    /// <summary>Eight blocks are ciphered, and hashed with one reduction, at a time.</summary>
    public const int GroupLength = 8 * GcmKey.BlockLength;

    public const int HeadLength = GroupLength / 2;

    /// <summary>Where the last 1-128 bytes of <paramref name="length"/> begin.</summary>
    public static int TailStart(int length) => Math.Max(length - 1, 0) / GroupLength * GroupLength;
}

/// <summary>
/// AES-GCM in one pass: the AES rounds of one group of blocks are interleaved with the hashing of the ciphertext, which is the group before when
/// encrypting, so that neither waits for the other. The last 1-128 bytes, associated data and the lengths are in the other part. Compiled once, at
/// full optimisation: the first packets of a call are as cheap as later ones.
/// </summary>
[SkipLocalsInit]
internal static unsafe partial class AesGcmKernel<TSum, TDirection>
    where TSum : struct, IGhashSum
    where TDirection : struct, IGcmDirection
{
    private const int GroupLength = AesGcmKernel.GroupLength;

    private static bool IsEncrypting
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(TDirection) == typeof(Encryption);
    }

    /// <summary>Returns the tag. Input and output may be the same.</summary>
    /// <param name="key">A <see cref="GcmKey"/>.</param>
    /// <param name="nonce">Reversed, with a counter of 0.</param>
    /// <param name="associated">Only authenticated.</param>
    /// <param name="associatedLength">Bytes.</param>
    /// <param name="head">Where the first <see cref="AesGcmKernel.HeadLength"/> bytes come from, when encrypting more than a group.</param>
    /// <param name="body">Where the bytes between come from, counted from their own start, as for the next parameter.</param>
    /// <param name="last">Where the bytes from <see cref="AesGcmKernel.TailStart"/> on come from.</param>
    /// <param name="destination">Where all goes.</param>
    /// <param name="length">Bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector128<byte> Process(
        byte* key, Vector128<uint> nonce, byte* associated, int associatedLength, byte* head, byte* body, byte* last, byte* destination, int length)
    {
        var hash = associatedLength > 0 ? HashAssociated(key, associated, associatedLength) : Vector128<ulong>.Zero;
        var counter = nonce + Vector128.CreateScalar(2u);
        var offset = 0;
        if (length > GroupLength)
        {
            Unsafe.SkipInit(out Vector256<byte> c0);
            Unsafe.SkipInit(out Vector256<byte> c1);
            Unsafe.SkipInit(out Vector256<byte> c2);
            Unsafe.SkipInit(out Vector256<byte> c3);
            if (IsEncrypting)
            {
                ProcessGroup(false, key, ref counter, head, body, destination, ref c0, ref c1, ref c2, ref c3, ref hash);
                offset = GroupLength;
            }

            for (; length - offset > GroupLength; offset += GroupLength)
            {
                var source = body + offset;
                ProcessGroup(true, key, ref counter, source, source, destination + offset, ref c0, ref c1, ref c2, ref c3, ref hash);
            }

            if (IsEncrypting)
            {
                TSum sum = default;
                sum.Add(AesBlocks.Reverse(c0).AsUInt64() ^ hash.ToVector256(), key + GcmKey.EighthPower);
                sum.Add(AesBlocks.Reverse(c1).AsUInt64(), key + GcmKey.EighthPower + 32);
                sum.Add(AesBlocks.Reverse(c2).AsUInt64(), key + GcmKey.EighthPower + 64);
                sum.Add(AesBlocks.Reverse(c3).AsUInt64(), key + GcmKey.EighthPower + 96);
                hash = sum.Reduce();
            }
        }

        var lengths = Vector128.Create((ulong)(uint)length << 3, (ulong)(uint)associatedLength << 3);
        return ProcessTail(key, nonce, counter, lengths, hash, last + offset, destination + offset, length - offset);
    }

    /// <summary>
    /// Ciphers eight blocks. <paramref name="c0"/> to <paramref name="c3"/> are ciphertext: before, of the group to hash; afterwards, of this one.
    /// They stay in registers, because to read back what has just been written in other pieces costs a wait for the store.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ProcessGroup(
        bool hashing, byte* key, ref Vector128<uint> counter, byte* head, byte* body, byte* destination,
        ref Vector256<byte> c0, ref Vector256<byte> c1, ref Vector256<byte> c2, ref Vector256<byte> c3, ref Vector128<ulong> hash)
    {
        var whitening = RoundKey(key, 0);
        var b0 = CounterBlock(counter, 0) ^ whitening;
        var b1 = CounterBlock(counter, 1) ^ whitening;
        var b2 = CounterBlock(counter, 2) ^ whitening;
        var b3 = CounterBlock(counter, 3) ^ whitening;
        var b4 = CounterBlock(counter, 4) ^ whitening;
        var b5 = CounterBlock(counter, 5) ^ whitening;
        var b6 = CounterBlock(counter, 6) ^ whitening;
        var b7 = CounterBlock(counter, 7) ^ whitening;
        counter += Vector128.CreateScalar(8u);
        TSum sum = default;
        AesBlocks.Round(RoundKey(key, 1), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        if (!IsEncrypting)
        {
            c0 = Vector256.Load(head);
            c1 = Vector256.Load(head + 32);
            c2 = Vector256.Load(body + 64);
            c3 = Vector256.Load(body + 96);
        }

        if (hashing)
        {
            sum.Add(AesBlocks.Reverse(c0).AsUInt64() ^ hash.ToVector256(), key + GcmKey.EighthPower);
        }

        AesBlocks.Round(RoundKey(key, 2), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        AesBlocks.Round(RoundKey(key, 3), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        if (hashing)
        {
            sum.Add(AesBlocks.Reverse(c1).AsUInt64(), key + GcmKey.EighthPower + 32);
        }

        AesBlocks.Round(RoundKey(key, 4), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        AesBlocks.Round(RoundKey(key, 5), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        if (hashing)
        {
            sum.Add(AesBlocks.Reverse(c2).AsUInt64(), key + GcmKey.EighthPower + 64);
        }

        AesBlocks.Round(RoundKey(key, 6), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        AesBlocks.Round(RoundKey(key, 7), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        if (hashing)
        {
            sum.Add(AesBlocks.Reverse(c3).AsUInt64(), key + GcmKey.EighthPower + 96);
        }

        AesBlocks.Round(RoundKey(key, 8), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        if (hashing)
        {
            hash = sum.Reduce();
        }

        AesBlocks.Round(RoundKey(key, 9), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        var final = RoundKey(key, RoundKeys.Last);
        if (IsEncrypting)
        {
            c0 = LastRound(b0, b1, final) ^ Vector256.Load(head);
            c1 = LastRound(b2, b3, final) ^ Vector256.Load(head + 32);
            c2 = LastRound(b4, b5, final) ^ Vector256.Load(body + 64);
            c3 = LastRound(b6, b7, final) ^ Vector256.Load(body + 96);
            c0.Store(destination);
            c1.Store(destination + 32);
            c2.Store(destination + 64);
            c3.Store(destination + 96);
        }
        else
        {
            (LastRound(b0, b1, final) ^ c0).Store(destination);
            (LastRound(b2, b3, final) ^ c1).Store(destination + 32);
            (LastRound(b4, b5, final) ^ c2).Store(destination + 64);
            (LastRound(b6, b7, final) ^ c3).Store(destination + 96);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> RoundKey(byte* key, int round) => Vector128.Load(key + (round * GcmKey.BlockLength));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> CounterBlock(Vector128<uint> counter, uint index) =>
        AesBlocks.Reverse((counter + Vector128.CreateScalar(index)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> LastRound(Vector128<byte> first, Vector128<byte> second, Vector128<byte> key) =>
        Vector256.Create(AesInstructions.EncryptLast(first, key), AesInstructions.EncryptLast(second, key));
}
