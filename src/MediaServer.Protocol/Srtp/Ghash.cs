using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MediaServer.Protocol.Srtp;

/// <summary>
/// The field of GHASH (NIST SP 800-38D section 6.3). Its bits stand in reverse, so blocks are read from the last byte to the first, and each product
/// comes out one bit short; the key is multiplied by x beforehand to make up for that (Gueron and Kounavis, "Intel Carry-Less Multiplication
/// Instruction and its Usage for Computing the GCM Mode", algorithm 5; the folding below is the one BoringSSL uses).
/// </summary>
internal static unsafe class Ghash
{
    private const byte SwapHalves = 0x4E;

    /// <summary>x^128 + x^127 + x^126 + x^121 + 1, in reverse.</summary>
    private const ulong Polynomial = 0xC200_0000_0000_0000;

    /// <summary>The sum of both halves, in both halves: what Karatsuba's multiplication needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Fold(Vector128<ulong> value) => value ^ Sse2.Shuffle(value.AsUInt32(), SwapHalves).AsUInt64();

    /// <inheritdoc cref="Fold(Vector128{ulong})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Fold(Vector256<ulong> value) => value ^ Avx2.Shuffle(value.AsUInt32(), SwapHalves).AsUInt64();

    /// <summary>A product of 255 bits, as its low, its middle and its high part, modulo the polynomial.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Reduce(Vector128<ulong> low, Vector128<ulong> middle, Vector128<ulong> high)
    {
        var polynomial = Vector128.Create(1, Polynomial);
        middle ^= Sse2.Shuffle(low.AsUInt32(), SwapHalves).AsUInt64() ^ Pclmulqdq.CarrylessMultiply(polynomial, low, 0x01);
        return high ^ Sse2.Shuffle(middle.AsUInt32(), SwapHalves).AsUInt64() ^ Pclmulqdq.CarrylessMultiply(polynomial, middle, 0x01);
    }

    /// <summary>Writes the powers of the hash key, from H^<paramref name="count"/> down to H^1, 16 bytes each.</summary>
    /// <param name="hashKey">H: the zero block, encrypted.</param>
    /// <param name="powers">Where to.</param>
    /// <param name="count">How many.</param>
    public static void WritePowers(Vector128<byte> hashKey, byte* powers, int count)
    {
        var key = TimesX(AesBlocks.Reverse(hashKey).AsUInt64());
        var power = key;
        for (var i = count - 1; i >= 0; i--)
        {
            power.Store((ulong*)powers + (2 * i));
            GhashSum128 sum = default;
            sum.AddOne(power, key);
            power = sum.Reduce();
        }
    }

    /// <summary>Without a branch on the key.</summary>
    private static Vector128<ulong> TimesX(Vector128<ulong> value)
    {
        var low = value.GetElement(0);
        var high = value.GetElement(1);
        var carry = 0 - (high >> 63);
        return Vector128.Create((low << 1) ^ (carry & 1), ((high << 1) | (low >> 63)) ^ (carry & Polynomial));
    }
}
