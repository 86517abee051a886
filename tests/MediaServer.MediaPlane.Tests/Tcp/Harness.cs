using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MediaServer.MediaPlane.Sockets.Tcp;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests.Tcp;

/// <summary>A port on loopback, turned by the test's thread as a shard would; its time is the test's.</summary>
internal sealed class PortUnderTest : IConnectionReceiver, IDisposable
{
    public PortUnderTest(TcpLimits? limits = null)
    {
        using (var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true })
        {
            probe.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
            Number = ((IPEndPoint)probe.LocalEndPoint!).Port;
        }

        Port = new TcpPort(IPAddress.IPv6Any, Number, limits);
    }

    public TcpPort Port { get; }

    public int Number { get; }

    public MonotonicTime Now { get; set; } = MonotonicTime.FromMilliseconds(1000);

    public List<(TransportAddress From, byte[] Datagram)> Received { get; } = [];

    public List<TransportAddress> Closed { get; } = [];

    public List<(TransportAddress Address, bool IsCongested)> BackPressure { get; } = [];

    /// <summary>Counts only, without keeping (and so without allocating).</summary>
    public int Count { get; private set; }

    public bool CountOnly { get; set; }

    public void OnDatagram(in TransportAddress from, Span<byte> datagram)
    {
        Count++;
        if (!CountOnly)
        {
            Received.Add((from, datagram.ToArray()));
        }
    }

    public void OnConnectionClosed(in TransportAddress address) => Closed.Add(address);

    public void OnBackPressure(in TransportAddress address, bool isCongested) => BackPressure.Add((address, isCongested));

    /// <summary>One turn of a shard.</summary>
    public void Turn()
    {
        Port.Poll(this, Now);
        if (Now >= Port.NextDeadline)
        {
            Port.OnTimeout(this, Now);
        }

        Port.Flush(this);
    }

    public void TurnUntil(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        Turn();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"did not happen: {what}");
            Thread.Sleep(1);
            Turn();
        }
    }

    /// <summary>False when there was no room.</summary>
    public bool Send(TransportAddress to, ReadOnlySpan<byte> datagram, TrafficClass traffic = TrafficClass.Control)
    {
        var buffer = Port.Reserve(to, datagram.Length, traffic, Now);
        if (buffer.IsEmpty)
        {
            Port.Commit(0);
            return false;
        }

        datagram.CopyTo(buffer);
        Port.Commit(datagram.Length);
        return true;
    }

    /// <summary>A connected peer, which has sent one datagram and is known by its address.</summary>
    public (StreamPeer Peer, TransportAddress Address) Join(bool ipv6 = false, bool bind = true, int receiveBuffer = 0)
    {
        var peer = new StreamPeer(Number, ipv6, receiveBuffer);
        peer.Send([0, 1]);
        TurnUntil(() => Received.Any(r => r.From.Port == peer.LocalPort), "the first datagram arrives");
        var address = Received.Last(r => r.From.Port == peer.LocalPort).From;
        if (bind)
        {
            Port.Bind(address);
        }

        return (peer, address);
    }

    public void Dispose() => Port.Dispose();
}

/// <summary>The active end of a connection: a plain socket that speaks RFC 4571.</summary>
internal sealed class StreamPeer : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _partial = new byte[2 + ushort.MaxValue];
    private int _have;

    public StreamPeer(int port, bool ipv6 = false, int receiveBuffer = 0)
    {
        _socket = new Socket(ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
        if (receiveBuffer > 0)
        {
            _socket.ReceiveBufferSize = receiveBuffer;
        }

        _socket.Connect(ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, port);
    }

    public int LocalPort => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public int Available => _socket.Available;

    public void SendRaw(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    public void Send(ReadOnlySpan<byte> datagram)
    {
        var framed = new byte[2 + datagram.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)datagram.Length);
        datagram.CopyTo(framed.AsSpan(2));
        _socket.Send(framed);
    }

    public void SkipReceived(byte[] buffer) => _socket.Receive(buffer);

    /// <summary>Waits for a whole datagram.</summary>
    public byte[] Receive()
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(ReceiveExactly(2));
        return ReceiveExactly(length);
    }

    /// <summary>A whole datagram, if it is there by now.</summary>
    public byte[]? TryReceive()
    {
        while (true)
        {
            var wanted = _have < 2 ? 2 : 2 + BinaryPrimitives.ReadUInt16BigEndian(_partial);
            if (_have == wanted)
            {
                _have = 0;
                return _partial[2..wanted];
            }

            if (_socket.Available == 0)
            {
                return null;
            }

            _have += _socket.Receive(_partial.AsSpan(_have, wanted - _have));
        }
    }

    /// <summary>True when the other end has closed, which shows as an end or a reset.</summary>
    public bool IsClosed
    {
        get
        {
            try
            {
                return _socket.Poll(0, SelectMode.SelectRead) && _socket.Receive(new byte[1], SocketFlags.Peek) == 0;
            }
            catch (SocketException)
            {
                return true;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private byte[] ReceiveExactly(int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length;)
        {
            var received = _socket.Receive(bytes.AsSpan(at));
            Assert.NotEqual(0, received);
            at += received;
        }

        return bytes;
    }
}
