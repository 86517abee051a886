using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MediaServer.MediaPlane.Native;

/// <summary>
/// An epoll instance, level-triggered, with a token per descriptor. Its own descriptor is readable when one of them is ready, so it fits into
/// a poll beside others. One thread uses it.
/// </summary>
internal sealed unsafe class ReadySet : IDisposable
{
    public const uint Readable = 1;
    public const uint Writable = 4;

    /// <summary>How many are looked at in one go; the others are ready the next time.</summary>
    public const int Capacity = 64;

    /// <summary>struct epoll_event has a 32-bit mask and a 64-bit token, packed on x64 only (EPOLL_PACKED).</summary>
    private static readonly int TokenOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private static readonly int EntrySize = TokenOffset + sizeof(ulong);
    private readonly byte* _entries;
    private bool _disposed;

    public ReadySet()
    {
        Descriptor = LibC.epoll_create1(LibC.EpollCloexec);
        if (Descriptor < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _entries = (byte*)NativeMemory.AllocZeroed(Capacity, (nuint)EntrySize);
    }

    public int Descriptor { get; }

    /// <summary>False when the kernel refuses.</summary>
    public bool TryAdd(int descriptor, uint interest, uint token) => Control(LibC.EpollCtlAdd, descriptor, interest, token);

    public void Change(int descriptor, uint interest, uint token) => Control(LibC.EpollCtlMod, descriptor, interest, token);

    /// <summary>How many are ready now, without waiting.</summary>
    public int Poll() => Math.Max(0, LibC.epoll_wait(Descriptor, _entries, Capacity, 0));

    public uint TokenOf(int index) => (uint)Unsafe.ReadUnaligned<ulong>(_entries + (index * EntrySize) + TokenOffset);

    /// <summary>Anything but writability, which includes errors and the peer's end: reading tells what it is.</summary>
    public bool IsReadable(int index) => (Unsafe.ReadUnaligned<uint>(_entries + (index * EntrySize)) & ~Writable) != 0;

    public bool IsWritable(int index) => (Unsafe.ReadUnaligned<uint>(_entries + (index * EntrySize)) & Writable) != 0;

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            LibC.close(Descriptor);
            NativeMemory.Free(_entries);
        }
    }

    private bool Control(int operation, int descriptor, uint interest, uint token)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, interest);
        Unsafe.WriteUnaligned(entry + TokenOffset, (ulong)token);
        return LibC.epoll_ctl(Descriptor, operation, descriptor, entry) == 0;
    }
}
