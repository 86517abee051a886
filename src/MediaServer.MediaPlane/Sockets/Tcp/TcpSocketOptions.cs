using MediaServer.MediaPlane.Native;

namespace MediaServer.MediaPlane.Sockets.Tcp;

/// <summary>What real-time media wants of a TCP socket.</summary>
internal static class TcpSocketOptions
{
    /// <summary>
    /// What the kernel holds unsent: the queue is to be here, where it can be dropped, not there, where it cannot. Enough for 60 ms at 4 Mbit/s.
    /// </summary>
    private const int NotSentBytes = 32 * 1024;

    /// <summary>A peer that acknowledges nothing for so long is gone (RFC 7675 gives it 30 s, but on another address).</summary>
    private const int UserTimeoutMilliseconds = 20_000;

    public static void Apply(int descriptor)
    {
        ServerSocket.SetOption(descriptor, LibC.IpprotoTcp, LibC.TcpNodelay, 1);
        ServerSocket.SetOption(descriptor, LibC.IpprotoTcp, LibC.TcpNotsentLowat, NotSentBytes);
        ServerSocket.SetOption(descriptor, LibC.IpprotoTcp, LibC.TcpUserTimeout, UserTimeoutMilliseconds);
    }
}
