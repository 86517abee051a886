using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Tests.Srtp;

/// <summary>Bit for bit against the platform's AES-GCM, on each path.</summary>
public class AesGcmCipherTests
{
    private const byte Guard = 0xA5;
    private const int GuardLength = 96;

    /// <summary>An RTP header alone, with CSRC and extensions, an RTCP header with index; whole blocks, halves, single bytes, more than a group.</summary>
    private static readonly int[] AssociatedLengths = [0, 1, 7, 8, 12, 15, 16, 17, 20, 24, 28, 31, 32, 33, 36, 47, 60, 127, 128, 129, 144, 300];

    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void EveryLengthGivesWhatThePlatformGives(int path)
    {
        var random = new Random(20_260_101 + path);
        for (var length = 0; length <= 1500; length++)
        {
            for (var i = 0; i < 3; i++)
            {
                Check((AesGcmPath)path, new AesGcmCase(random, length, AssociatedLengths[((length * 3) + i) % AssociatedLengths.Length]), random);
            }
        }
    }

    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void EveryLengthOfAssociatedDataGivesWhatThePlatformGives(int path)
    {
        var random = new Random(7 + path);
        for (var associated = 0; associated <= 300; associated++)
        {
            foreach (var length in (int[])[0, 5, 16, 120, 128, 129, 333])
            {
                Check((AesGcmPath)path, new AesGcmCase(random, length, associated), random);
            }
        }
    }

    /// <summary>The counter of blocks has 32 bits, and more than 8 are in use from 4 KiB on.</summary>
    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void LongMessagesGiveWhatThePlatformGives(int path)
    {
        var random = new Random(99 + path);
        for (var length = 3900; length < 4300; length++)
        {
            Check((AesGcmPath)path, new AesGcmCase(random, length, 12), random);
        }

        Check((AesGcmPath)path, new AesGcmCase(random, (1 << 20) + (1 << 16) + 77, 12), random);
    }

    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void TheFirstBytesAndTheLastMayStandInThePacketAlready(int path)
    {
        var random = new Random(3 + path);
        foreach (var prefix in (int[])[0, 1, 2, 5, 8, 16, 63, 64, 65, 200])
        {
            foreach (var suffix in (int[])[0, 1, 3, 16, 64, 130])
            {
                for (var length = prefix + suffix; length <= 1300; length += random.Next(1, 24))
                {
                    var message = new AesGcmCase(random, length, 24);
                    using var cipher = AesGcmCipher.Create(message.Key, (AesGcmPath)path);
                    var buffer = NewBuffer(length, out var data);
                    buffer.AsSpan(data, length).Fill(0x77);
                    message.Plain.AsSpan(0, prefix).CopyTo(buffer.AsSpan(data));
                    message.Plain.AsSpan(length - suffix).CopyTo(buffer.AsSpan(data + length - suffix));
                    var source = message.Plain[prefix..(length - suffix)];
                    var unchanged = source.ToArray();

                    cipher.Encrypt(message.GcmNonce, message.Associated, source, buffer.AsSpan(data, length), prefix, buffer.AsSpan(data + length, 16));

                    Expect(message.Cipher, buffer.AsSpan(data, length), message);
                    Expect(message.Tag, buffer.AsSpan(data + length, 16), message);
                    Expect(unchanged, source, message);
                    CheckGuards(buffer, data, length + 16, message);
                }
            }
        }
    }

    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void MoreThanThePacketHoldsIsRefused(int path)
    {
        using var cipher = AesGcmCipher.Create(new byte[16], (AesGcmPath)path);
        Assert.ThrowsAny<ArgumentException>(() => cipher.Encrypt(default, [], new byte[100], new byte[105], 6, new byte[16]));
    }

    [Fact]
    public void TheBestPathIsTheLastThatIsSupported() =>
        Assert.Equal(Enum.GetValues<AesGcmPath>().Last(AesGcmCipher.IsSupported), AesGcmCipher.BestPath);

    /// <summary>In place, at an odd address, with guard bytes around.</summary>
    private static void Check(AesGcmPath path, AesGcmCase message, Random random)
    {
        using var cipher = AesGcmCipher.Create(message.Key, path);
        var length = message.Plain.Length;
        var buffer = NewBuffer(length, out var data, random.Next(16));
        message.Plain.CopyTo(buffer, data);

        cipher.Encrypt(message.GcmNonce, message.Associated, buffer.AsSpan(data, length), buffer.AsSpan(data + length, 16));
        Expect(message.Cipher, buffer.AsSpan(data, length), message);
        Expect(message.Tag, buffer.AsSpan(data + length, 16), message);

        var good = cipher.TryDecrypt(message.GcmNonce, message.Associated, buffer.AsSpan(data, length), buffer.AsSpan(data + length, 16));
        Assert.True(good, message.ToString());
        Expect(message.Plain, buffer.AsSpan(data, length), message);
        CheckGuards(buffer, data, length + 16, message);
    }

    private static byte[] NewBuffer(int length, out int data, int shift = 0)
    {
        data = GuardLength + shift;
        var buffer = new byte[data + length + 16 + GuardLength];
        Array.Fill(buffer, Guard);
        return buffer;
    }

    private static void CheckGuards(byte[] buffer, int start, int length, AesGcmCase message)
    {
        Assert.False(buffer.AsSpan(0, start).ContainsAnyExcept(Guard), $"wrote before: {message}");
        Assert.False(buffer.AsSpan(start + length).ContainsAnyExcept(Guard), $"wrote behind: {message}");
    }

    private static void Expect(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, AesGcmCase message) =>
        Assert.True(expected.SequenceEqual(actual), message.ToString());
}
