using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MediaServer.MediaPlane.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets;

/// <summary>Opens the sockets of a shard: non-blocking, IPv6 with mapped IPv4 where the machine has it.</summary>
internal static unsafe class ServerSocket
{
    /// <param name="type">LibC.SockDgram or LibC.SockStream.</param>
    /// <param name="listen">An address of this machine, or any.</param>
    /// <param name="port">1-65535.</param>
    /// <param name="ipv6">The family that it became.</param>
    /// <exception cref="Win32Exception">The address or port cannot be bound.</exception>
    public static int Open(int type, IPAddress listen, int port, out bool ipv6)
    {
        ipv6 = listen.AddressFamily == AddressFamily.InterNetworkV6;
        var flags = type | LibC.SockNonblock | LibC.SockCloexec;
        var descriptor = LibC.socket(ipv6 ? LibC.AfInet6 : LibC.AfInet, flags, 0);
        if (descriptor < 0 && ipv6 && listen.Equals(IPAddress.IPv6Any))
        {
            // A kernel without IPv6: listen on all IPv4 addresses instead.
            ipv6 = false;
            listen = IPAddress.Any;
            descriptor = LibC.socket(LibC.AfInet, flags, 0);
        }

        if (descriptor < 0)
        {
            throw LastError();
        }

        if (ipv6)
        {
            SetOption(descriptor, LibC.IpprotoIpv6, LibC.Ipv6V6only, 0);
        }

        if (type == LibC.SockStream)
        {
            // Else connections of the former process, waiting for their end, would keep a restarted server from its port.
            SetOption(descriptor, LibC.SolSocket, LibC.SoReuseaddr, 1);
        }

        SockAddr address;
        var length = SocketAddresses.Write(&address, TransportAddress.From(new IPEndPoint(listen, port)), ipv6);
        if (LibC.bind(descriptor, &address, length) != 0)
        {
            var error = LastError();
            LibC.close(descriptor);
            throw error;
        }

        return descriptor;
    }

    public static void SetOption(int descriptor, int level, int name, int value) =>
        LibC.setsockopt(descriptor, level, name, &value, sizeof(int));

    public static Win32Exception LastError() => new(Marshal.GetLastPInvokeError());
}
