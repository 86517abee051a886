using System.Runtime.InteropServices;

namespace MediaServer.MediaPlane.Native;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Base;
    public nuint Length;
}

/// <summary>struct msghdr of 64-bit Linux, 56 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>struct mmsghdr, 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MultiMessage
{
    public MessageHeader Header;

    /// <summary>Bytes received or sent.</summary>
    public uint Length;
}

/// <summary>struct cmsghdr with the 16-bit value of UDP_SEGMENT and its padding: CMSG_SPACE(2) = 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SegmentControl
{
    /// <summary>CMSG_LEN(2).</summary>
    public const int ControlLength = 18;

    public nuint Length;
    public int Level;
    public int Type;
    public ushort SegmentSize;
    private readonly ushort _padding1;
    private readonly uint _padding2;
}

/// <summary>struct sockaddr_in or sockaddr_in6, 28 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal unsafe struct SockAddr
{
    public const int Size = 28;
    public fixed byte Bytes[Size];
}

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Timespec
{
    public nint Seconds;
    public nint Nanoseconds;
}

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public int Descriptor;
    public short Events;
    public short Returned;
}
