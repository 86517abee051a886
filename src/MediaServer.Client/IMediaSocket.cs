using System.Net;
using System.Net.Sockets;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Client;

/// <summary>Takes a datagram that has come; the memory is the socket's again on return.</summary>
internal delegate void DatagramHandler(in TransportAddress from, Span<byte> datagram);

/// <summary>The way to the server's media port.</summary>
internal interface IMediaSocket : IDisposable
{
    /// <summary>Sends what can be sent; what cannot is lost, as a network would lose it.</summary>
    void Send(in TransportAddress to, ReadOnlySpan<byte> datagram);

    /// <summary>Hands out datagrams until cancelled or disposed of.</summary>
    Task Receive(DatagramHandler handler, CancellationToken cancellationToken);
}

internal sealed class UdpMediaSocket : IMediaSocket
{
    private readonly Socket _socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };

    public UdpMediaSocket() => _socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));

    public void Send(in TransportAddress to, ReadOnlySpan<byte> datagram)
    {
        try
        {
            var endPoint = to.ToEndPoint();
            _socket.SendTo(datagram, SocketFlags.None, new IPEndPoint(endPoint.Address.MapToIPv6(), endPoint.Port));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // An unreachable candidate, or the end of the call.
        }
    }

    public async Task Receive(DatagramHandler handler, CancellationToken cancellationToken)
    {
        var buffer = new byte[2048];
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.IPv6Any, 0), cancellationToken);
                handler(TransportAddress.From((IPEndPoint)received.RemoteEndPoint), buffer.AsSpan(0, received.ReceivedBytes));
            }
            catch (SocketException)
            {
                // ICMP port unreachable of an earlier datagram.
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
