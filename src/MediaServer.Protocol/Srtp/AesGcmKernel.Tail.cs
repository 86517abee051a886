using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AesInstructions = System.Runtime.Intrinsics.X86.Aes;

namespace MediaServer.Protocol.Srtp;

/// <summary>The part for what is no whole group: short packets are nothing else.</summary>
internal static unsafe partial class AesGcmKernel<TSum, TDirection>
{
    private const int BlockLength = GcmKey.BlockLength;
    private const int PairLength = 2 * BlockLength;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<ulong> HashAssociated(byte* key, byte* associated, int length)
    {
        var hash = Vector128<ulong>.Zero;
        do
        {
            var rest = Math.Min(length, GroupLength);
            length -= rest;
            var powers = key + GcmKey.FirstPower + BlockLength - ((rest + BlockLength - 1) / BlockLength * BlockLength);
            TSum sum = default;
            for (; rest >= PairLength; rest -= PairLength)
            {
                sum.Add(AesBlocks.Reverse(Vector256.Load(associated)).AsUInt64() ^ hash.ToVector256(), powers);
                hash = Vector128<ulong>.Zero;
                associated += PairLength;
                powers += PairLength;
            }

            if (rest > BlockLength)
            {
                var pair = Vector256.Create(Vector128.Load(associated), PartialBlock.Load(associated + BlockLength, rest - BlockLength));
                sum.Add(AesBlocks.Reverse(pair).AsUInt64() ^ hash.ToVector256(), powers);
            }
            else if (rest > 0)
            {
                sum.AddOne(AesBlocks.Reverse(PartialBlock.Load(associated, rest)).AsUInt64() ^ hash, Vector128.Load((ulong*)powers));
            }

            hash = sum.Reduce();
        }
        while (length > 0);
        return hash;
    }

    /// <summary>Ciphers and hashes the last 0-128 bytes, hashes the lengths, returns the tag.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<byte> ProcessTail(
        byte* key, Vector128<uint> nonce, Vector128<uint> counter, Vector128<ulong> lengths, Vector128<ulong> hash,
        byte* source, byte* destination, int length)
    {
        var keystream = stackalloc Vector256<byte>[GroupLength / PairLength];
        var mask = WriteKeystream(key, nonce, counter, keystream, length > GroupLength / 2);
        var powers = key + GcmKey.FirstPower - ((length + BlockLength - 1) / BlockLength * BlockLength);
        TSum sum = default;
        for (; length >= PairLength; length -= PairLength)
        {
            var input = Vector256.Load(source);
            var output = input ^ *keystream++;
            output.Store(destination);
            sum.Add(AesBlocks.Reverse(IsEncrypting ? output : input).AsUInt64() ^ hash.ToVector256(), powers);
            hash = Vector128<ulong>.Zero;
            source += PairLength;
            destination += PairLength;
            powers += PairLength;
        }

        var firstPower = Vector128.Load((ulong*)(key + GcmKey.FirstPower));
        if (length > BlockLength)
        {
            var rest = length - BlockLength;
            var firstInput = Vector128.Load(source);
            var secondInput = PartialBlock.Load(source + BlockLength, rest);
            var firstOutput = firstInput ^ keystream->GetLower();
            var secondOutput = secondInput ^ keystream->GetUpper();
            firstOutput.Store(destination);
            PartialBlock.Store(secondOutput, destination + BlockLength, rest);
            var pair = IsEncrypting
                ? Vector256.Create(firstOutput, PartialBlock.Cut(secondOutput, rest))
                : Vector256.Create(firstInput, secondInput);
            sum.Add(AesBlocks.Reverse(pair).AsUInt64() ^ hash.ToVector256(), powers);
            sum.AddOne(lengths, firstPower);
        }
        else if (length > 0)
        {
            var input = PartialBlock.Load(source, length);
            var output = input ^ keystream->GetLower();
            PartialBlock.Store(output, destination, length);
            var block = AesBlocks.Reverse(IsEncrypting ? PartialBlock.Cut(output, length) : input).AsUInt64();
            sum.Add(Vector256.Create(block ^ hash, lengths), powers);
        }
        else
        {
            sum.AddOne(lengths ^ hash, firstPower);
        }

        return AesBlocks.Reverse(sum.Reduce().AsByte()) ^ mask;
    }

    /// <summary>Four or eight blocks of keystream; returns the block that masks the tag (the one of counter 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> WriteKeystream(
        byte* key, Vector128<uint> nonce, Vector128<uint> counter, Vector256<byte>* keystream, bool eight)
    {
        var roundKey = RoundKey(key, 0);
        var mask = CounterBlock(nonce, 1) ^ roundKey;
        var b0 = CounterBlock(counter, 0) ^ roundKey;
        var b1 = CounterBlock(counter, 1) ^ roundKey;
        var b2 = CounterBlock(counter, 2) ^ roundKey;
        var b3 = CounterBlock(counter, 3) ^ roundKey;
        if (eight)
        {
            var b4 = CounterBlock(counter, 4) ^ roundKey;
            var b5 = CounterBlock(counter, 5) ^ roundKey;
            var b6 = CounterBlock(counter, 6) ^ roundKey;
            var b7 = CounterBlock(counter, 7) ^ roundKey;
            for (var round = 1; round < RoundKeys.Last; round++)
            {
                roundKey = RoundKey(key, round);
                mask = AesInstructions.Encrypt(mask, roundKey);
                AesBlocks.Round(roundKey, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            }

            roundKey = RoundKey(key, RoundKeys.Last);
            keystream[2] = LastRound(b4, b5, roundKey);
            keystream[3] = LastRound(b6, b7, roundKey);
        }
        else
        {
            for (var round = 1; round < RoundKeys.Last; round++)
            {
                roundKey = RoundKey(key, round);
                mask = AesInstructions.Encrypt(mask, roundKey);
                AesBlocks.Round(roundKey, ref b0, ref b1, ref b2, ref b3);
            }

            roundKey = RoundKey(key, RoundKeys.Last);
        }

        keystream[0] = LastRound(b0, b1, roundKey);
        keystream[1] = LastRound(b2, b3, roundKey);
        return AesInstructions.EncryptLast(mask, roundKey);
    }
}
