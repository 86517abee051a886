using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using AesInstructions = System.Runtime.Intrinsics.X86.Aes;

namespace MediaServer.Protocol.Srtp;

/// <summary>
/// AES-128 in counter mode with a 16-bit block counter in the last two bytes of the IV (RFC 3711 section 4.1.1). Uses the processor's AES
/// instructions where there are any, eight blocks at a time, without allocation.
/// </summary>
[SkipLocalsInit]
internal sealed unsafe class AesCounterMode : IDisposable
{
    private const int BlockLength = 16;
    private const int GroupLength = 8 * BlockLength;
    private readonly Aes? _fallback;
    private RoundKeys _roundKeys;

    /// <param name="key">16 bytes.</param>
    public AesCounterMode(ReadOnlySpan<byte> key)
    {
        if (AesInstructions.IsSupported)
        {
            _roundKeys = RoundKeys.Expand(key);
            return;
        }

        _fallback = Aes.Create();
        _fallback.Key = key.ToArray();
    }

    /// <summary>XORs the keystream of <paramref name="iv"/> (16 bytes) onto <paramref name="data"/>; at most 2^16 blocks.</summary>
    public void Apply(ReadOnlySpan<byte> iv, Span<byte> data)
    {
        if (_fallback is not null)
        {
            ApplySlowly(_fallback, iv, data);
            return;
        }

        fixed (RoundKeys* keys = &_roundKeys)
        fixed (byte* start = data)
        {
            Apply((byte*)keys, Vector128.Create(iv), start, data.Length);
        }
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        _fallback?.Dispose();
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(new Span<RoundKeys>(ref _roundKeys)));
    }

    private static void Apply(byte* keys, Vector128<byte> iv, byte* data, int length)
    {
        var keystream = stackalloc byte[GroupLength];
        var counter = AesBlocks.Reverse(iv).AsUInt16();
        for (; length >= GroupLength; length -= GroupLength, data += GroupLength)
        {
            Encrypt(keys, ref counter, data, data);
        }

        if (length == 0)
        {
            return;
        }

        // The keystream alone is the encryption of zeros.
        NativeMemory.Clear(keystream, GroupLength);
        Encrypt(keys, ref counter, keystream, keystream);
        for (; length >= BlockLength; length -= BlockLength, data += BlockLength, keystream += BlockLength)
        {
            (Vector128.Load(data) ^ Vector128.Load(keystream)).Store(data);
        }

        if (length > 0)
        {
            PartialBlock.Store(PartialBlock.Load(data, length) ^ Vector128.Load(keystream), data, length);
        }
    }

    /// <summary>Eight blocks. The counter wraps within its 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Encrypt(byte* keys, ref Vector128<ushort> counter, byte* source, byte* destination)
    {
        var key = Vector128.Load(keys);
        var b0 = AesBlocks.Reverse(counter.AsByte()) ^ key;
        var b1 = AesBlocks.Reverse((counter + Vector128.CreateScalar((ushort)1)).AsByte()) ^ key;
        var b2 = AesBlocks.Reverse((counter + Vector128.CreateScalar((ushort)2)).AsByte()) ^ key;
        var b3 = AesBlocks.Reverse((counter + Vector128.CreateScalar((ushort)3)).AsByte()) ^ key;
        var b4 = AesBlocks.Reverse((counter + Vector128.CreateScalar((ushort)4)).AsByte()) ^ key;
        var b5 = AesBlocks.Reverse((counter + Vector128.CreateScalar((ushort)5)).AsByte()) ^ key;
        var b6 = AesBlocks.Reverse((counter + Vector128.CreateScalar((ushort)6)).AsByte()) ^ key;
        var b7 = AesBlocks.Reverse((counter + Vector128.CreateScalar((ushort)7)).AsByte()) ^ key;
        counter += Vector128.CreateScalar((ushort)8);
        for (var round = 1; round < RoundKeys.Last; round++)
        {
            AesBlocks.Round(Vector128.Load(keys + (round * BlockLength)), ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        }

        key = Vector128.Load(keys + (RoundKeys.Last * BlockLength));
        AesInstructions.EncryptLast(b0, key ^ Vector128.Load(source)).Store(destination);
        AesInstructions.EncryptLast(b1, key ^ Vector128.Load(source + 16)).Store(destination + 16);
        AesInstructions.EncryptLast(b2, key ^ Vector128.Load(source + 32)).Store(destination + 32);
        AesInstructions.EncryptLast(b3, key ^ Vector128.Load(source + 48)).Store(destination + 48);
        AesInstructions.EncryptLast(b4, key ^ Vector128.Load(source + 64)).Store(destination + 64);
        AesInstructions.EncryptLast(b5, key ^ Vector128.Load(source + 80)).Store(destination + 80);
        AesInstructions.EncryptLast(b6, key ^ Vector128.Load(source + 96)).Store(destination + 96);
        AesInstructions.EncryptLast(b7, key ^ Vector128.Load(source + 112)).Store(destination + 112);
    }

    private static void ApplySlowly(Aes cipher, ReadOnlySpan<byte> iv, Span<byte> data)
    {
        Span<byte> keystream = stackalloc byte[GroupLength];
        var counter = BinaryPrimitives.ReadUInt16BigEndian(iv[14..]);
        while (!data.IsEmpty)
        {
            for (var start = 0; start < GroupLength; start += BlockLength)
            {
                iv[..14].CopyTo(keystream[start..]);
                BinaryPrimitives.WriteUInt16BigEndian(keystream[(start + 14)..], counter++);
            }

            cipher.EncryptEcb(keystream, keystream, PaddingMode.None);
            var length = Math.Min(GroupLength, data.Length);
            for (var i = 0; i < length; i++)
            {
                data[i] ^= keystream[i];
            }

            data = data[length..];
        }
    }
}
