using MediaServer.MediaPlane.Sockets.Tcp;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests.Tcp;

/// <summary>Connections come, prove themselves and go, over real sockets.</summary>
public sealed class TcpPortTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Datagrams_go_both_ways(bool ipv6)
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join(ipv6);
        Assert.True(address.IsTcp);
        Assert.Equal(!ipv6, address.IsIPv4);
        Assert.Equal(peer.LocalPort, address.Port);

        peer.Send(new byte[TcpConnection.MaxFrame]);
        peer.Send([1, 2, 3]);
        port.TurnUntil(() => port.Received.Count == 3, "both arrive");
        Assert.Equal([2, TcpConnection.MaxFrame, 3], port.Received.Select(r => r.Datagram.Length));
        Assert.All(port.Received, r => Assert.Equal(address, r.From));

        Assert.True(port.Send(address, [4, 5]));
        Assert.True(port.Send(address, new byte[1400], TrafficClass.Video));
        port.Turn();
        Assert.Equal([4, 5], peer.Receive());
        Assert.Equal(1400, peer.Receive().Length);
        peer.Dispose();
    }

    [Fact]
    public void A_frame_that_comes_byte_by_byte_is_one_datagram()
    {
        using var port = new PortUnderTest();
        var (peer, _) = port.Join();
        foreach (var piece in new byte[] { 0, 4, 9, 8, 7, 6, 0, 0, 0, 1, 5 })
        {
            peer.SendRaw([piece]);
            Thread.Sleep(1);
            port.Turn();
        }

        port.TurnUntil(() => port.Received.Count == 3, "both frames arrive");
        Assert.Equal([9, 8, 7, 6], port.Received[1].Datagram);
        Assert.Equal([5], port.Received[2].Datagram);
        peer.Dispose();
    }

    [Fact]
    public void A_stranger_is_closed_after_five_seconds_and_a_bound_connection_stays()
    {
        using var port = new PortUnderTest();
        var (stranger, _) = port.Join(bind: false);
        using var silent = new StreamPeer(port.Number);
        var (known, address) = port.Join();
        port.TurnUntil(() => port.Port.Counters.Open == 3, "all are accepted");

        port.Now = port.Now.AddMilliseconds(4999);
        port.Turn();
        Assert.Equal(3, port.Port.Counters.Open);
        port.Now = port.Now.AddMilliseconds(2);
        port.Turn();
        Assert.Equal((1, 2), (port.Port.Counters.Open, port.Port.Counters.TimedOut));
        Assert.True(stranger.IsClosed && silent.IsClosed && !known.IsClosed);
        Assert.Empty(port.Closed);

        port.Now = port.Now.AddMilliseconds(3_600_000);
        port.Turn();
        Assert.True(port.Send(address, [1]));
        port.Turn();
        Assert.Equal([1], known.Receive());
        stranger.Dispose();
        known.Dispose();
    }

    [Fact]
    public void What_is_sent_to_a_stranger_does_not_make_it_known()
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join(bind: false);
        Assert.True(port.Send(address, [1]));
        port.Turn();
        port.Now = port.Now.AddMilliseconds(5001);
        port.Turn();
        Assert.Equal(0, port.Port.Counters.Open);
        peer.Dispose();
    }

    [Fact]
    public void A_released_connection_gets_what_was_sent_last_and_is_a_stranger_again()
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join();
        Assert.True(port.Send(address, [7]));
        port.Port.Release(address, port.Now);
        port.Turn();
        Assert.Equal([7], peer.Receive());
        port.Now = port.Now.AddMilliseconds(5001);
        port.Turn();
        Assert.True(peer.IsClosed);
        Assert.Empty(port.Closed);
        peer.Dispose();
    }

    [Fact]
    public void A_frame_that_is_too_long_closes_the_connection_known_or_not()
    {
        using var port = new PortUnderTest();
        var (known, address) = port.Join();
        var (stranger, _) = port.Join(bind: false);
        known.SendRaw([0, 1, 5, 0x08, 0x01, 1]);
        stranger.SendRaw([0xFF, 0xFF]);
        port.TurnUntil(() => port.Port.Counters.Open == 0, "both are closed");
        Assert.Equal(2, port.Port.Counters.Malformed);
        Assert.Equal([address], port.Closed);
        Assert.Equal([5], port.Received[^1].Datagram);
        known.Dispose();
        stranger.Dispose();
    }

    [Fact]
    public void The_peers_end_is_told_once_and_the_address_is_nobodys_afterwards()
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join();
        peer.Dispose();
        port.TurnUntil(() => port.Closed.Count > 0, "the end is told");
        Assert.Equal([address], port.Closed);
        Assert.False(port.Send(address, [1]));

        var (next, second) = port.Join();
        Assert.NotEqual(address.Connection, second.Connection);
        Assert.False(port.Send(address, [1]));
        port.Port.Release(address, port.Now);
        port.Now = port.Now.AddMilliseconds(6000);
        port.Turn();
        Assert.True(port.Send(second, [2]));
        port.Turn();
        Assert.Equal([2], next.Receive());
        next.Dispose();
    }

    [Fact]
    public void A_connection_that_breaks_while_being_written_to_is_closed_at_the_flush()
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join();
        var (other, otherAddress) = port.Join();
        peer.Dispose();
        for (var i = 0; i < 100 && port.Closed.Count == 0; i++)
        {
            // Never polled: only the write can tell.
            port.Send(address, new byte[1000]);
            port.Port.Flush(port);
            Thread.Sleep(5);
        }

        Assert.Equal([address], port.Closed);
        Assert.True(port.Send(otherAddress, [1]));
        port.Turn();
        Assert.Equal([1], other.Receive());
        other.Dispose();
    }

    [Fact]
    public void Too_many_strangers_of_one_source_lose_their_oldest()
    {
        using var port = new PortUnderTest(new TcpLimits { MaxStrangersPerSource = 3 });
        var (first, _) = port.Join(bind: false);
        var (other, _) = port.Join(ipv6: true, bind: false);
        var (known, _) = port.Join();
        var strangers = Enumerable.Range(0, 3).Select(_ => port.Join(bind: false).Peer).ToList();
        Assert.True(first.IsClosed);
        Assert.False(known.IsClosed || other.IsClosed || strangers.Exists(s => s.IsClosed));
        Assert.Equal(1, port.Port.Counters.Refused);
        strangers.ForEach(s => s.Dispose());
        first.Dispose();
        other.Dispose();
        known.Dispose();
    }

    [Fact]
    public void A_flood_of_idle_connections_keeps_nobody_out_and_costs_a_bounded_number()
    {
        using var port = new PortUnderTest(new TcpLimits { MaxStrangers = 50, MaxStrangersPerSource = 1000 });
        var (known, address) = port.Join();
        var flood = new List<StreamPeer>();
        for (var i = 0; i < 600; i++)
        {
            flood.Add(new StreamPeer(port.Number));
            port.Turn();
            Assert.InRange(port.Port.Counters.Open, 1, 51);
        }

        port.TurnUntil(() => port.Port.Counters.Accepted == 601, "all were looked at");
        var (late, lateAddress) = port.Join(ipv6: true);
        Assert.True(port.Send(lateAddress, [1]) && port.Send(address, [2]));
        port.Turn();
        Assert.Equal([1], late.Receive());
        Assert.Equal([2], known.Receive());
        Assert.InRange(port.Port.Counters.Refused, 551, 552);
        flood.ForEach(p => p.Dispose());
        late.Dispose();
        known.Dispose();
    }

    [Fact]
    public void Beyond_the_limit_of_all_connections_a_newcomer_is_refused()
    {
        using var port = new PortUnderTest(new TcpLimits { MaxConnections = 2 });
        var (a, _) = port.Join();
        var (b, _) = port.Join();
        using var c = new StreamPeer(port.Number);
        port.TurnUntil(() => port.Port.Counters.Refused == 1, "the third is refused");
        Assert.True(c.IsClosed);
        a.Dispose();
        port.TurnUntil(() => port.Closed.Count == 1, "the first has left");
        var (d, _) = port.Join();
        Assert.False(b.IsClosed || d.IsClosed);
        b.Dispose();
        d.Dispose();
    }

    [Fact]
    public void A_port_that_is_taken_says_so()
    {
        using var port = new PortUnderTest();
        Assert.ThrowsAny<System.ComponentModel.Win32Exception>(() => new TcpPort(System.Net.IPAddress.IPv6Any, port.Number));
    }

    [Fact]
    public void Receiving_and_sending_allocate_nothing()
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join();
        port.CountOnly = true;
        var datagram = new byte[1200];
        var framed = new byte[1202];
        framed[0] = 1200 >> 8;
        framed[1] = 1200 & 0xFF;
        var incoming = new byte[8192];
        long allocated = 0;
        for (var i = 0; i < 3000; i++)
        {
            // Half a frame, so that the rest waits in the pipe; the peer's own calls are not measured.
            peer.SendRaw(framed.AsSpan(0, 700));
            Measure();
            peer.SendRaw(framed.AsSpan(700));
            Measure();
            while (peer.Available > 0)
            {
                peer.SkipReceived(incoming);
            }

            void Measure()
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                port.Turn();
                port.Send(address, datagram, TrafficClass.Video);
                port.Port.Flush(port);
                allocated = i < 1000 ? 0 : allocated + GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }

        Assert.True(port.Count > 2900, $"{port.Count}");
        Assert.Equal(0, allocated);
        peer.Dispose();
    }
}
