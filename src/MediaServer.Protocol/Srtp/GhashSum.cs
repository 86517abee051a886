using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MediaServer.Protocol.Srtp;

/// <summary>A sum of products of blocks with powers of the hash key, reduced once at the end. Blocks are reversed.</summary>
internal unsafe interface IGhashSum
{
    static abstract bool IsSupported { get; }

    /// <summary>Adds two blocks times the two powers at <paramref name="powers"/>.</summary>
    void Add(Vector256<ulong> blocks, byte* powers);

    void AddOne(Vector128<ulong> block, Vector128<ulong> power);

    Vector128<ulong> Reduce();
}

/// <summary>One block at a time.</summary>
internal unsafe struct GhashSum128 : IGhashSum
{
    private Vector128<ulong> _low;
    private Vector128<ulong> _middle;
    private Vector128<ulong> _high;

    public static bool IsSupported => Pclmulqdq.IsSupported && Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector256<ulong> blocks, byte* powers)
    {
        AddOne(blocks.GetLower(), Vector128.Load((ulong*)powers));
        AddOne(blocks.GetUpper(), Vector128.Load((ulong*)powers + 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddOne(Vector128<ulong> block, Vector128<ulong> power)
    {
        _low ^= Pclmulqdq.CarrylessMultiply(block, power, 0x00);
        _high ^= Pclmulqdq.CarrylessMultiply(block, power, 0x11);
        _middle ^= Pclmulqdq.CarrylessMultiply(Ghash.Fold(block), Ghash.Fold(power), 0x00);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<ulong> Reduce() => Ghash.Reduce(_low, _middle ^ _low ^ _high, _high);
}

/// <summary>Two blocks at a time.</summary>
internal unsafe struct GhashSum256 : IGhashSum
{
    private Vector256<ulong> _low;
    private Vector256<ulong> _middle;
    private Vector256<ulong> _high;

    public static bool IsSupported => Pclmulqdq.V256.IsSupported && Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector256<ulong> blocks, byte* powers)
    {
        var two = Vector256.Load((ulong*)powers);
        _low ^= Pclmulqdq.V256.CarrylessMultiply(blocks, two, 0x00);
        _high ^= Pclmulqdq.V256.CarrylessMultiply(blocks, two, 0x11);
        _middle ^= Pclmulqdq.V256.CarrylessMultiply(Ghash.Fold(blocks), Ghash.Fold(two), 0x00);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddOne(Vector128<ulong> block, Vector128<ulong> power)
    {
        _low ^= Pclmulqdq.CarrylessMultiply(block, power, 0x00).ToVector256();
        _high ^= Pclmulqdq.CarrylessMultiply(block, power, 0x11).ToVector256();
        _middle ^= Pclmulqdq.CarrylessMultiply(Ghash.Fold(block), Ghash.Fold(power), 0x00).ToVector256();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector128<ulong> Reduce()
    {
        var middle = _middle ^ _low ^ _high;
        return Ghash.Reduce(
            _low.GetLower() ^ _low.GetUpper(), middle.GetLower() ^ middle.GetUpper(), _high.GetLower() ^ _high.GetUpper());
    }
}
