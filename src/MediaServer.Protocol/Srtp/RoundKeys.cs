using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AesInstructions = System.Runtime.Intrinsics.X86.Aes;

namespace MediaServer.Protocol.Srtp;

/// <summary>The eleven round keys of AES-128 (FIPS 197 section 5.2). Needs the AES instructions.</summary>
[InlineArray(Last + 1)]
internal struct RoundKeys
{
    public const int Last = 10;
    private Vector128<byte> _first;

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

    /// <summary>One block; for key set-up, where speed is of no concern.</summary>
    public readonly Vector128<byte> Encrypt(Vector128<byte> block)
    {
        block ^= this[0];
        for (var round = 1; round < Last; round++)
        {
            block = AesInstructions.Encrypt(block, this[round]);
        }

        return AesInstructions.EncryptLast(block, this[Last]);
    }

    private static Vector128<byte> Next(Vector128<byte> key, Vector128<byte> assist)
    {
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        key ^= Sse2.ShiftLeftLogical128BitLane(key, 4);
        return key ^ Vector128.Shuffle(assist.AsUInt32(), Vector128.Create(3u, 3, 3, 3)).AsByte();
    }
}
