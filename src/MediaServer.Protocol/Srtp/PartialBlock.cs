using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MediaServer.Protocol.Srtp;

/// <summary>Blocks of 1-16 bytes without a loop: reads and writes that overlap, and none outside of the block.</summary>
internal static unsafe class PartialBlock
{
    /// <summary>Zeros behind the last byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* source, int length)
    {
        if (length >= 8)
        {
            // A shift by 64 would be one by 0.
            var high = length == 8 ? 0 : *(ulong*)(source + length - 8) >> (128 - (8 * length));
            return Vector128.Create(*(ulong*)source, high).AsByte();
        }

        if (length >= 4)
        {
            return Vector128.CreateScalar(*(uint*)source | ((ulong)*(uint*)(source + length - 4) << (8 * (length - 4)))).AsByte();
        }

        // The second byte of two or three, the first of one.
        var middle = length >> 1;
        var last = length - 1;
        return Vector128.CreateScalar(source[0] | ((ulong)source[middle] << (8 * middle)) | ((ulong)source[last] << (8 * last))).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> block, byte* destination, int length)
    {
        var low = block.AsUInt64().GetElement(0);
        if (length >= 8)
        {
            if (length > 8)
            {
                var high = block.AsUInt64().GetElement(1);
                *(ulong*)(destination + length - 8) = (high << (128 - (8 * length))) | (low >> 1 >> ((8 * length) - 65));
            }

            *(ulong*)destination = low;
        }
        else if (length >= 4)
        {
            *(uint*)destination = (uint)low;
            *(uint*)(destination + length - 4) = (uint)(low >> (8 * (length - 4)));
        }
        else
        {
            var middle = length >> 1;
            var last = length - 1;
            destination[0] = (byte)low;
            destination[middle] = (byte)(low >> (8 * middle));
            destination[last] = (byte)(low >> (8 * last));
        }
    }

    /// <summary>Zeroes what stands behind the first <paramref name="length"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Cut(Vector128<byte> block, int length) =>
        block & Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)length));
}
