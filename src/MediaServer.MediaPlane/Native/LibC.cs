using System.Runtime.InteropServices;

namespace MediaServer.MediaPlane.Native;

/// <summary>The system calls of the hot path, with Linux' numbers for x64 and arm64.</summary>
internal static unsafe partial class LibC
{
    public const int AfInet = 2;
    public const int AfInet6 = 10;
    public const int SockStream = 1;
    public const int SockDgram = 2;
    public const int SockNonblock = 0x800;
    public const int SockCloexec = 0x80000;
    public const int SolSocket = 1;
    public const int SoReuseaddr = 2;
    public const int SoSndbuf = 7;
    public const int SoRcvbuf = 8;
    public const int IpprotoTcp = 6;
    public const int TcpNodelay = 1;
    public const int TcpUserTimeout = 18;
    public const int TcpNotsentLowat = 25;
    public const int IpprotoIpv6 = 41;
    public const int Ipv6V6only = 26;
    public const int SolUdp = 17;
    public const int UdpSegment = 103;
    public const int MsgDontwait = 0x40;
    public const int MsgNosignal = 0x4000;
    public const int EfdNonblock = 0x800;
    public const int EfdCloexec = 0x80000;
    public const int EpollCloexec = 0x80000;
    public const int EpollCtlAdd = 1;
    public const int EpollCtlDel = 2;
    public const int EpollCtlMod = 3;
    public const short Pollin = 1;
    public const short Pollout = 4;
    public const int Eintr = 4;
    public const int Eio = 5;
    public const int Eagain = 11;
    public const int Einval = 22;
    public const int Enfile = 23;
    public const int Emfile = 24;
    public const int Emsgsize = 90;
    public const int Enobufs = 105;

    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int bind(int fd, void* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setsockopt(int fd, int level, int name, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int recvmmsg(int fd, MultiMessage* messages, uint count, int flags, Timespec* timeout);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int sendmmsg(int fd, MultiMessage* messages, uint count, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int listen(int fd, int backlog);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int accept4(int fd, void* address, uint* length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint recv(int fd, void* buffer, nuint count, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint sendmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int epoll_ctl(int epoll, int operation, int fd, void* interest);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int epoll_wait(int epoll, void* ready, int capacity, int milliseconds);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int ppoll(PollDescriptor* descriptors, nuint count, Timespec* timeout, void* signals);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint read(int fd, void* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint write(int fd, void* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int close(int fd);
}
