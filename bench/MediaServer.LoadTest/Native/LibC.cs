using System.Runtime.InteropServices;

namespace MediaServer.LoadTest.Native;

/// <summary>
/// The system calls of the load generator, with Linux' numbers for x64 and arm64. It shares none of the server's code below the protocols, so
/// that a mistake there cannot hide itself here.
/// </summary>
internal static unsafe partial class LibC
{
    public const int AfInet = 2;
    public const int SockDgram = 2;
    public const int SockNonblock = 0x800;
    public const int SockCloexec = 0x80000;
    public const int SolSocket = 1;
    public const int SoRcvbuf = 8;
    public const int SoBindToDevice = 25;
    public const int SoRcvbufForce = 33;
    public const int SoTimestampNs = 35;
    public const int SoMemInfo = 55;
    public const int SolIp = 0;
    public const int IpPktInfo = 8;
    public const int SolUdp = 17;
    public const int UdpGro = 104;
    public const int MsgDontwait = 0x40;
    public const int Eintr = 4;
    public const int Eagain = 11;
    public const int SigInt = 2;
    public const int SigTerm = 15;
    public const int SigKill = 9;

    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int bind(int fd, void* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockname(int fd, void* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setsockopt(int fd, int level, int name, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockopt(int fd, int level, int name, void* value, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int recvmmsg(int fd, MultiMessage* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int sendmmsg(int fd, MultiMessage* messages, uint count, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int nanosleep(Timespec* duration, Timespec* remaining);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int kill(int process, int signal);
}
