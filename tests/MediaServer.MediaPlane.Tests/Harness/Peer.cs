using System.Net;
using System.Net.Sockets;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests.Harness;

/// <summary>A plain UDP socket on loopback, the other end of what is tested.</summary>
internal sealed class Peer : IDisposable
{
    private const int SolUdp = 17;
    private const int UdpGro = 104;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65_536];

    public Peer(bool ipv6 = false)
    {
        _socket = new Socket(ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 * 1024 * 1024 };
        _socket.Bind(new IPEndPoint(ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0));
        _socket.ReceiveTimeout = 5_000;
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public TransportAddress Address => TransportAddress.From(EndPoint);

    /// <summary>From now on the kernel hands over a segmented message as the one it was: that shows that offload was used.</summary>
    public Peer CoalesceSegments()
    {
        _socket.SetRawSocketOption(SolUdp, UdpGro, BitConverter.GetBytes(1));
        return this;
    }

    public void Send(IPEndPoint to, params byte[] datagram) => _socket.SendTo(datagram, to);

    public byte[] Receive(out IPEndPoint from)
    {
        EndPoint source = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var length = _socket.ReceiveFrom(_buffer, ref source);
        from = (IPEndPoint)source;
        return _buffer[..length];
    }

    public byte[] Receive() => Receive(out _);

    public List<byte[]> Receive(int count) => [.. Enumerable.Range(0, count).Select(_ => Receive())];

    public bool HasNothing => _socket.Available == 0;

    public void Dispose() => _socket.Dispose();
}
