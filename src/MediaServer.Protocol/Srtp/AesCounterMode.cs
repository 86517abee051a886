using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using AesInstructions = System.Runtime.Intrinsics.X86.Aes;

namespace MediaServer.Protocol.Srtp;

/// <summary>
/// AES-128 in counter mode with a 16-bit block counter in the last two bytes of the IV (RFC 3711 section 4.1.1). Uses the processor's AES
/// instructions where there are any, four blocks at a time, without allocation.
/// </summary>
internal sealed class AesCounterMode : IDisposable
{
    private const int BlockLength = 16;
    private const int Lanes = 4;
    private readonly RoundKeys _roundKeys;
    private readonly Aes? _fallback;

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
        Span<byte> counters = stackalloc byte[BlockLength * Lanes];
        var counter = BinaryPrimitives.ReadUInt16BigEndian(iv[14..]);
        while (!data.IsEmpty)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                var block = counters[(lane * BlockLength)..];
                iv[..14].CopyTo(block);
                BinaryPrimitives.WriteUInt16BigEndian(block[14..], counter++);
            }

            Encrypt(counters);
            var length = Math.Min(counters.Length, data.Length);
            Xor(data[..length], counters);
            data = data[length..];
        }
    }

    public void Dispose() => _fallback?.Dispose();

    private static void Xor(Span<byte> data, ReadOnlySpan<byte> keystream)
    {
        var i = 0;
        for (; i + BlockLength <= data.Length; i += BlockLength)
        {
            (Vector128.Create<byte>(data.Slice(i, BlockLength)) ^ Vector128.Create(keystream.Slice(i, BlockLength))).CopyTo(data[i..]);
        }

        for (; i < data.Length; i++)
        {
            data[i] ^= keystream[i];
        }
    }

    private void Encrypt(Span<byte> blocks)
    {
        if (_fallback is not null)
        {
            _fallback.EncryptEcb(blocks, blocks, PaddingMode.None);
            return;
        }

        var vectors = MemoryMarshal.Cast<byte, Vector128<byte>>(blocks);
        var a = vectors[0] ^ _roundKeys[0];
        var b = vectors[1] ^ _roundKeys[0];
        var c = vectors[2] ^ _roundKeys[0];
        var d = vectors[3] ^ _roundKeys[0];
        for (var round = 1; round < RoundKeys.Last; round++)
        {
            var key = _roundKeys[round];
            a = AesInstructions.Encrypt(a, key);
            b = AesInstructions.Encrypt(b, key);
            c = AesInstructions.Encrypt(c, key);
            d = AesInstructions.Encrypt(d, key);
        }

        var last = _roundKeys[RoundKeys.Last];
        vectors[0] = AesInstructions.EncryptLast(a, last);
        vectors[1] = AesInstructions.EncryptLast(b, last);
        vectors[2] = AesInstructions.EncryptLast(c, last);
        vectors[3] = AesInstructions.EncryptLast(d, last);
    }
}

/// <summary>The eleven round keys of AES-128 (FIPS 197 section 5.2).</summary>
[InlineArray(Last + 1)]
internal struct RoundKeys
{
    public const int Last = 10;
    private Vector128<byte> _first;

    /// <summary>Needs the AES instructions.</summary>
    public static RoundKeys Expand(ReadOnlySpan<byte> key)
    {
        RoundKeys keys = default;
        keys[0] = Vector128.Create(key[..16]);
        keys[1] = Next(keys[0], AesInstructions.KeygenAssist(keys[0], 0x01));
        keys[2] = Next(keys[1], AesInstructions.KeygenAssist(keys[1], 0x02));
        keys[3] = Next(keys[2], AesInstructions.KeygenAssist(keys[2], 0x04));
        keys[4] = Next(keys[3], AesInstructions.KeygenAssist(keys[3], 0x08));
        keys[5] = Next(keys[4], AesInstructions.KeygenAssist(keys[4], 0x10));
        keys[6] = Next(keys[5], AesInstructions.KeygenAssist(keys[5], 0x20));
        keys[7] = Next(keys[6], AesInstructions.KeygenAssist(keys[6], 0x40));
        keys[8] = Next(keys[7], AesInstructions.KeygenAssist(keys[7], 0x80));
        keys[9] = Next(keys[8], AesInstructions.KeygenAssist(keys[8], 0x1B));
        keys[10] = Next(keys[9], AesInstructions.KeygenAssist(keys[9], 0x36));
        return keys;
    }

    private static Vector128<byte> Next(Vector128<byte> key, Vector128<byte> assist)
    {
        key ^= ShiftLeft(key);
        key ^= ShiftLeft(key);
        key ^= ShiftLeft(key);
        return key ^ Vector128.Shuffle(assist.AsUInt32(), Vector128.Create(3u, 3, 3, 3)).AsByte();
    }

    private static Vector128<byte> ShiftLeft(Vector128<byte> value) =>
        System.Runtime.Intrinsics.X86.Sse2.ShiftLeftLogical128BitLane(value, 4);
}
