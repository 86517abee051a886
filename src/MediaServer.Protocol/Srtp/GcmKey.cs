using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace MediaServer.Protocol.Srtp;

/// <summary>
/// Round keys and powers of the hash key, in five whole cache lines (thousands of peers share the cache) that the collector does not move.
/// </summary>
internal sealed unsafe class GcmKey
{
    /// <summary>From here H^9 to H^1: eight blocks and the lengths are the most that one reduction takes.</summary>
    public const int Powers = (RoundKeys.Last + 1) * BlockLength;

    /// <summary>Where the powers for eight blocks begin; aligned to a cache line.</summary>
    public const int EighthPower = Powers + BlockLength;

    public const int FirstPower = EighthPower + (7 * BlockLength);
    public const int BlockLength = 16;
    private const int PowerCount = 9;
    private const int CacheLine = 64;

    /// <summary>And one more block: the power of the second of two blocks is loaded even when there is only one.</summary>
    private const int UsedLength = FirstPower + (2 * BlockLength);

    private readonly byte[] _memory = GC.AllocateArray<byte>(UsedLength + CacheLine, pinned: true);
    private byte* _pointer;

    public GcmKey(ReadOnlySpan<byte> key)
    {
        var start = (nuint)Unsafe.AsPointer(ref _memory[0]);
        _pointer = (byte*)((start + CacheLine - 1) / CacheLine * CacheLine);
        *(RoundKeys*)_pointer = RoundKeys.Expand(key);
        Ghash.WritePowers(((RoundKeys*)_pointer)->Encrypt(Vector128<byte>.Zero), _pointer + Powers, PowerCount);
    }

    public byte* Pointer
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ObjectDisposedException.ThrowIf(_pointer is null, this);
            return _pointer;
        }
    }

    /// <summary>Wipes the key; using it from then on throws.</summary>
    public void Clear()
    {
        _pointer = null;
        CryptographicOperations.ZeroMemory(_memory);
    }
}
