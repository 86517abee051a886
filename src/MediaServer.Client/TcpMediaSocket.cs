using System.Buffers.Binary;
using System.Net.Sockets;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Client;

/// <summary>
/// The active end of ICE-TCP (RFC 6544): one connection to each candidate, datagrams framed as RFC 4571 says. Until a connection stands, and when
/// it has broken, what is sent there is lost; ICE repeats its checks.
/// </summary>
internal sealed class TcpMediaSocket(IReadOnlyList<TransportAddress> candidates) : IMediaSocket
{
    private const int PrefixLength = 2;

    /// <summary>What the system holds unread: a client that falls behind is to get old packets dropped, not piled up here.</summary>
    private const int ReceiveBuffer = 64 * 1024;

    private readonly Link[] _links = [.. candidates.Select(candidate => new Link(candidate))];

    /// <summary>While set nothing is read: a peer on a line that has stalled. For tests.</summary>
    public bool IsHeld { get; set; }

    public void Send(in TransportAddress to, ReadOnlySpan<byte> datagram)
    {
        foreach (var link in _links)
        {
            if (link.Address == to && link.Socket.Connected)
            {
                SendFrame(link.Socket, datagram);
            }
        }
    }

    public Task Receive(DatagramHandler handler, CancellationToken cancellationToken) =>
        Task.WhenAll(_links.Select(link => Receive(link, handler, cancellationToken)));

    public void Dispose()
    {
        foreach (var link in _links)
        {
            link.Socket.Dispose();
        }
    }

    /// <summary>The connection's lock is held around every call, so frames do not mix.</summary>
    private static void SendFrame(Socket socket, ReadOnlySpan<byte> datagram)
    {
        Span<byte> frame = stackalloc byte[PrefixLength + datagram.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)datagram.Length);
        datagram.CopyTo(frame[PrefixLength..]);
        try
        {
            while (frame.Length > 0)
            {
                frame = frame[socket.Send(frame)..];
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Broken, or the end of the call: receiving ends too.
        }
    }

    private async Task Receive(Link link, DatagramHandler handler, CancellationToken cancellationToken)
    {
        var frame = new byte[PrefixLength + ushort.MaxValue];
        try
        {
            await link.Socket.ConnectAsync(link.Address.ToEndPoint(), cancellationToken);
            await using var stream = new NetworkStream(link.Socket);
            while (true)
            {
                while (IsHeld)
                {
                    await Task.Delay(10, cancellationToken);
                }

                await stream.ReadExactlyAsync(frame.AsMemory(0, PrefixLength), cancellationToken);
                var length = BinaryPrimitives.ReadUInt16BigEndian(frame);
                await stream.ReadExactlyAsync(frame.AsMemory(0, length), cancellationToken);
                handler(link.Address, frame.AsSpan(0, length));
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Unreachable, closed by the server, or the end of the call.
        }
    }

    private sealed class Link(TransportAddress address)
    {
        public TransportAddress Address { get; } = address;

        public Socket Socket { get; } = new(address.IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendTimeout = 1000,
            ReceiveBufferSize = ReceiveBuffer,
        };
    }
}
