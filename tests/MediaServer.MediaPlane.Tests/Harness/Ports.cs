using System.Net;
using System.Net.Sockets;

namespace MediaServer.MediaPlane.Tests.Harness;

internal static class Ports
{
    private const int First = 20_000;
    private const int Last = 29_000;
    private static int _next = Random.Shared.Next(First, Last);

    /// <summary>The first of <paramref name="count"/> contiguous UDP ports that are free now.</summary>
    public static int Free(int count = 1)
    {
        while (true)
        {
            var port = Interlocked.Add(ref _next, count) - count;
            if (port + count > Last)
            {
                Interlocked.CompareExchange(ref _next, First, port + count);
            }
            else if (Enumerable.Range(port, count).All(IsFree))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
