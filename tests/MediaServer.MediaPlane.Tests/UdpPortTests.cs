using System.ComponentModel;
using System.Net;
using MediaServer.MediaPlane.Sockets;
using MediaServer.MediaPlane.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests;

public sealed class UdpPortTests : IDatagramReceiver
{
    private readonly List<(TransportAddress From, byte[] Bytes)> _received = [];

    void IDatagramReceiver.OnDatagram(in TransportAddress from, Span<byte> datagram) => _received.Add((from, datagram.ToArray()));

    [Theory]
    [InlineData("::", false)]
    [InlineData("::", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("127.0.0.1", false)]
    public void Datagrams_come_with_their_senders_address(string listen, bool ipv6)
    {
        using var port = new UdpPort(IPAddress.Parse(listen), Ports.Free());
        using var peer = new Peer(ipv6);
        peer.Send(To(port, ipv6), 1, 2, 3);
        Assert.Equal(3, Receive(port, 1));
        Assert.Equal(peer.Address, _received[0].From);
        Assert.Equal(!ipv6, _received[0].From.IsIPv4);
        Assert.Equal([1, 2, 3], _received[0].Bytes);
        Assert.Equal(listen.Contains(':', StringComparison.Ordinal), port.IsIPv6);
    }

    [Fact]
    public void A_batch_holds_sixty_four_and_the_rest_waits_in_order()
    {
        using var port = new UdpPort(IPAddress.IPv6Any, Ports.Free());
        using var peer = new Peer();
        for (byte i = 0; i < 150; i++)
        {
            peer.Send(To(port), [i, .. new byte[i]]);
        }

        long bytes = 0;
        Assert.Equal([64, 64, 22, 0], Enumerable.Range(0, 4).Select(_ => port.ReceiveBatch(this, ref bytes)));
        Assert.Equal(Enumerable.Range(0, 150), _received.Select(r => (int)r.Bytes[0]));
        Assert.Equal(Enumerable.Range(1, 150), _received.Select(r => r.Bytes.Length));
        Assert.Equal(Enumerable.Range(1, 150).Sum(), bytes);
    }

    [Fact]
    public void Empty_and_oversized_datagrams_spoil_no_neighbour()
    {
        using var port = new UdpPort(IPAddress.IPv6Any, Ports.Free());
        using var peer = new Peer();
        peer.Send(To(port));
        peer.Send(To(port), [.. Enumerable.Repeat((byte)7, 9000)]);
        peer.Send(To(port), 1, 2);
        Receive(port, 3);
        Assert.Equal([0, UdpPort.BufferSize, 2], _received.Select(r => r.Bytes.Length));
        Assert.Equal([1, 2], _received[2].Bytes);
    }

    [Fact]
    public void Nothing_there_is_no_wait_and_no_error()
    {
        using var port = new UdpPort(IPAddress.Loopback, Ports.Free());
        long bytes = 0;
        Assert.Equal(0, port.ReceiveBatch(this, ref bytes));
    }

    [Fact]
    public void A_port_in_use_is_an_error_and_free_again_after_disposal()
    {
        var number = Ports.Free();
        using (new UdpPort(IPAddress.IPv6Any, number))
        {
            Assert.Throws<Win32Exception>(() => new UdpPort(IPAddress.IPv6Any, number));
            Assert.Throws<Win32Exception>(() => new UdpPort(IPAddress.Any, number));
        }

        new UdpPort(IPAddress.IPv6Any, number).Dispose();
    }

    [Fact]
    public void Receiving_allocates_nothing()
    {
        using var port = new UdpPort(IPAddress.IPv6Any, Ports.Free());
        using var peer = new Peer();
        var nowhere = new Nowhere();
        long bytes = 0;
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 64; i++)
            {
                peer.Send(To(port), new byte[1200]);
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            var count = port.ReceiveBatch(nowhere, ref bytes);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(64, count);
            Assert.True(round == 0 || allocated == 0, $"{allocated} bytes");
        }
    }

    private static IPEndPoint To(UdpPort port, bool ipv6 = false) => new(ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, port.Port);

    /// <summary>Loopback delivers within the sender's system call: what was sent is there.</summary>
    private long Receive(UdpPort port, int count)
    {
        long bytes = 0;
        Assert.Equal(count, port.ReceiveBatch(this, ref bytes));
        return bytes;
    }

    private sealed class Nowhere : IDatagramReceiver
    {
        public void OnDatagram(in TransportAddress from, Span<byte> datagram)
        {
        }
    }
}
