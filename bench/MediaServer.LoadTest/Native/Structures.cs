using System.Runtime.InteropServices;

namespace MediaServer.LoadTest.Native;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Base;
    public nuint Length;
}

/// <summary>struct msghdr of 64-bit Linux.</summary>
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

/// <summary>struct mmsghdr.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MultiMessage
{
    public MessageHeader Header;

    /// <summary>Bytes received or sent.</summary>
    public uint Length;
}

/// <summary>struct sockaddr_in, the port and address in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SockAddrIn
{
    public ushort Family;
    public ushort Port;
    public uint Address;
    private readonly ulong _padding;
}

/// <summary>The head of a control message; its data follows at 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ControlHeader
{
    public const int Size = 16;

    public nuint Length;
    public int Level;
    public int Type;
}

/// <summary>A control message with struct in_pktinfo and its padding: CMSG_SPACE(12) = 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PacketInfoControl
{
    /// <summary>CMSG_LEN(12).</summary>
    public const int ControlLength = 28;

    public ControlHeader Header;
    public int Interface;

    /// <summary>Sending: the source address. Receiving: the local address. Network order.</summary>
    public uint SpecificDestination;

    public uint Address;
    private readonly uint _padding;
}

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Timespec
{
    public nint Seconds;
    public nint Nanoseconds;
}
