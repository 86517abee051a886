using System.Runtime.ExceptionServices;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Tests.Srtp;

/// <summary>What has been forged is refused, cheaply, and nobody sees what it would decrypt to.</summary>
public class AesGcmAuthenticationTests
{
    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void EachBitOfTheTagCounts(int path)
    {
        var message = new AesGcmCase(new Random(1), 120, 20);
        for (var bit = 0; bit < 128; bit++)
        {
            ExpectRefusal(path, message, message.Cipher, message.Associated, Flip(message.Tag, bit));
        }
    }

    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void EachBitOfTheDataAndOfTheHeaderCounts(int path)
    {
        var random = new Random(2);
        foreach (var (length, associated) in (ReadOnlySpan<(int, int)>)[(1, 12), (33, 17), (300, 40)])
        {
            var message = new AesGcmCase(random, length, associated);
            for (var bit = 0; bit < length * 8; bit++)
            {
                ExpectRefusal(path, message, Flip(message.Cipher, bit), message.Associated, message.Tag);
            }

            for (var bit = 0; bit < associated * 8; bit++)
            {
                ExpectRefusal(path, message, message.Cipher, Flip(message.Associated, bit), message.Tag);
            }
        }
    }

    /// <summary>The lengths are hashed too: zeros moved from one part into the other are noticed.</summary>
    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void ZerosAtTheEndCount(int path)
    {
        var message = new AesGcmCase(new Random(3), 40, 12);
        ExpectRefusal(path, message, [.. message.Cipher, 0], message.Associated, message.Tag);
        ExpectRefusal(path, message, message.Cipher, [.. message.Associated, 0], message.Tag);
    }

    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void AnotherNonceOrKeyIsRefused(int path)
    {
        var message = new AesGcmCase(new Random(4), 200, 12);
        foreach (var nonce in (GcmNonce[])[message.GcmNonce ^ new GcmNonce(0, 1), message.GcmNonce ^ new GcmNonce(1UL << 63, 0)])
        {
            using var cipher = AesGcmCipher.Create(message.Key, (AesGcmPath)path);
            Assert.False(cipher.TryDecrypt(nonce, message.Associated, message.Cipher.ToArray(), message.Tag));
        }

        using var other = AesGcmCipher.Create(Flip(message.Key, 77), (AesGcmPath)path);
        Assert.False(other.TryDecrypt(message.GcmNonce, message.Associated, message.Cipher.ToArray(), message.Tag));
    }

    /// <summary>An exception per forged packet would let anybody who knows an address fill a processor; the platform's cipher can't help it.</summary>
    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void AForgeryThrowsNothingInside(int path)
    {
        if (path == (int)AesGcmPath.Platform)
        {
            return;
        }

        var thread = Environment.CurrentManagedThreadId;
        var thrown = 0;
        void Count(object? sender, FirstChanceExceptionEventArgs e) => thrown += Environment.CurrentManagedThreadId == thread ? 1 : 0;
        var message = new AesGcmCase(new Random(5), 120, 12);
        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            ExpectRefusal(path, message, message.Cipher, message.Associated, Flip(message.Tag, 3));
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }

        Assert.Equal(0, thrown);
    }

    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void ADisposedKeyEncryptsNothing(int path)
    {
        var cipher = AesGcmCipher.Create(new byte[16], (AesGcmPath)path);
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Encrypt(default, [], new byte[20], new byte[16]));
        Assert.Throws<ObjectDisposedException>(() => cipher.TryDecrypt(default, [], new byte[20], new byte[16]));
        Assert.Throws<ObjectDisposedException>(() => cipher.Encrypt(default, [], new byte[20], new byte[20], 0, new byte[16]));
        cipher.Dispose();
    }

    [Fact]
    public unsafe void AClearedKeyLeavesNothingInMemory()
    {
        if (AesGcmCipher.BestPath == AesGcmPath.Platform)
        {
            return;
        }

        var key = new GcmKey([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        var memory = new ReadOnlySpan<byte>(key.Pointer, GcmKey.FirstPower + GcmKey.BlockLength);
        Assert.Equal(0u, (uint)((nuint)key.Pointer % 64));
        Assert.True(memory.ContainsAnyExcept((byte)0));
        key.Clear();
        Assert.False(memory.ContainsAnyExcept((byte)0));
        GC.KeepAlive(key);
    }

    private static void ExpectRefusal(int path, AesGcmCase message, byte[] data, byte[] associated, byte[] tag)
    {
        using var cipher = AesGcmCipher.Create(message.Key, (AesGcmPath)path);
        var copy = data.ToArray();
        Assert.False(cipher.TryDecrypt(message.GcmNonce, associated, copy, tag));
        Assert.False(copy.AsSpan().ContainsAnyExcept((byte)0), "unauthenticated plaintext is left");
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        var copy = bytes.ToArray();
        copy[bit / 8] ^= (byte)(1 << (bit % 8));
        return copy;
    }
}
