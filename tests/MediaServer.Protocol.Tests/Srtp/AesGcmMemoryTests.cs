using System.Runtime.InteropServices;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Tests.Srtp;

/// <summary>No allocation; and no byte is touched, not even read, outside of what was handed over: there the processor would stop the process.</summary>
public sealed unsafe partial class AesGcmMemoryTests : IDisposable
{
    private const int Page = 4096;
    private const int ProtectionNone = 0;
    private const int ProtectionReadWrite = 3;
    private const int MapPrivateAnonymous = 0x22;
    private readonly List<nint> _maps = [];

    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void NothingOutsideIsRead(int path)
    {
        var associated = MapPageBetweenHoles();
        var source = MapPageBetweenHoles();
        var destination = MapPageBetweenHoles();
        var random = new Random(11);
        for (var length = 0; length <= 700; length++)
        {
            var message = new AesGcmCase(random, length, random.Next(50));
            using var cipher = AesGcmCipher.Create(message.Key, (AesGcmPath)path);
            foreach (var atEnd in (bool[])[false, true])
            {
                var header = Place(associated, message.Associated.Length, atEnd);
                var data = Place(destination, length, atEnd);
                message.Associated.CopyTo(header);
                message.Plain.CopyTo(data);
                var tag = new byte[16];
                cipher.Encrypt(message.GcmNonce, header, data, tag);
                Assert.True(data.SequenceEqual(message.Cipher) && tag.AsSpan().SequenceEqual(message.Tag), message.ToString());
                Assert.True(cipher.TryDecrypt(message.GcmNonce, header, data, tag));

                var prefix = Math.Min(random.Next(20), length);
                var suffix = random.Next(Math.Min(17, length - prefix + 1));
                var rest = Place(source, length - prefix - suffix, atEnd);
                message.Plain.AsSpan(prefix, rest.Length).CopyTo(rest);
                data[prefix..(length - suffix)].Clear();
                cipher.Encrypt(message.GcmNonce, header, rest, data, prefix, tag);
                Assert.True(data.SequenceEqual(message.Cipher) && tag.AsSpan().SequenceEqual(message.Tag), message.ToString());
            }
        }
    }

    [Theory]
    [ClassData(typeof(AesGcmPaths))]
    public void NothingIsAllocated(int path)
    {
        using var cipher = AesGcmCipher.Create(new byte[16], (AesGcmPath)path);
        var (packet, tag, source, wrong) = (new byte[1200], new byte[16], new byte[1190], new byte[16]);
        Run(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                cipher.Encrypt(new GcmNonce(0, (uint)i), packet.AsSpan(0, 12), packet.AsSpan(12, 120), tag);
                cipher.Encrypt(new GcmNonce(1, (uint)i), packet.AsSpan(0, 12), source, packet, 5, tag);
                if (path != (int)AesGcmPath.Platform)
                {
                    // The platform's cipher throws.
                    cipher.TryDecrypt(new GcmNonce(1, (uint)i), packet.AsSpan(0, 12), packet, wrong);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var map in _maps)
        {
            _ = munmap(map, 3 * Page);
        }
    }

    [LibraryImport("libc")]
    private static partial nint mmap(nint address, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int mprotect(nint address, nint length, int protection);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nint length);

    private static Span<byte> Place(nint page, int length, bool atEnd) => new((byte*)page + (atEnd ? Page - length : 0), length);

    private nint MapPageBetweenHoles()
    {
        var map = mmap(0, 3 * Page, ProtectionNone, MapPrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, map);
        _maps.Add(map);
        Assert.Equal(0, mprotect(map + Page, Page, ProtectionReadWrite));
        return map + Page;
    }
}
