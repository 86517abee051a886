using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests;

/// <summary>A storm of joiners is served a few handshake steps at a time, and media goes on in between.</summary>
public class HandshakeQueueTests
{
    private readonly RouterHarness _harness = new();

    [Fact]
    public void HandshakesAreDoneAFewPerTurn()
    {
        Storm(10);
        Assert.Empty(_harness.Take<TransportConnected>());
        for (var connected = 0; connected < 10; connected += _harness.Options.HandshakesPerTurn)
        {
            Assert.True(_harness.Router.NextDeadline < _harness.Now, "the router wants its next turn at once");
            _harness.Router.OnTimeout(_harness.Now);
            Assert.Equal(_harness.Options.HandshakesPerTurn, _harness.Take<TransportConnected>().Count);
        }

        Assert.True(_harness.Router.NextDeadline > _harness.Now);
    }

    [Fact]
    public void MediaIsForwardedWhileHandshakesWait()
    {
        var publisher = _harness.Join(1);
        var subscriber = _harness.Join(2);
        _harness.Show(subscriber, publisher);
        Storm(10);
        foreach (var packet in publisher.Camera.Build(key: true))
        {
            _harness.Router.OnDatagram(publisher.Address, publisher.Protect(packet), _harness.Now);
        }

        Assert.Single(subscriber.ReceiveVideo());
        Assert.Equal(2, _harness.Take<TransportConnected>().Count);
    }

    [Fact]
    public void AFullQueueDropsAndCounts()
    {
        const int Peers = Transports.HandshakeQueue.Capacity / Transports.HandshakeQueue.CapacityPerTransport;
        var peers = Enumerable.Range(1, Peers + 1).Select(Enter).ToList();
        peers.ForEach(peer => Flood(peer, peer == peers[^1] ? 0 : Transports.HandshakeQueue.CapacityPerTransport));
        Assert.Equal(0, _harness.Router.Dropped(DropReason.HandshakeQueueFull));
        Flood(peers[^1], 3);
        Assert.Equal(3, _harness.Router.Dropped(DropReason.HandshakeQueueFull));
    }

    [Fact]
    public void WhoFloodsKeepsNobodyElseWaiting()
    {
        Flood(Enter(1), 5000);
        Assert.Equal(5000 - Transports.HandshakeQueue.CapacityPerTransport, _harness.Router.Dropped(DropReason.HandshakeQueueFull));
        Storm(1);
        for (var turn = 0; turn <= Transports.HandshakeQueue.CapacityPerTransport / _harness.Options.HandshakesPerTurn; turn++)
        {
            _harness.Router.OnTimeout(_harness.Now);
        }

        Assert.Equal(new TransportId(100), Assert.Single(_harness.Take<TransportConnected>()).Transport);

        // And its own handshake is not lost for good.
        _harness.Router.OnDatagram(new TestPeer(_harness, 1, new PeerShape()).Address, [.. FakeDtlsFactory.Connect], _harness.Now);
        _harness.Router.OnTimeout(_harness.Now);
        Assert.Equal(new TransportId(1), Assert.Single(_harness.Take<TransportConnected>()).Transport);
    }

    [Fact]
    public void WhoLeavesWhileWaitingIsForgotten()
    {
        Storm(1);
        _harness.Apply(new CloseTransport(new TransportId(100)));
        _harness.Router.OnTimeout(_harness.Now);
        Assert.Equal(TransportCloseReason.Requested, Assert.Single(_harness.Take<TransportClosed>()).Reason);
        Assert.Empty(_harness.Take<TransportConnected>());
    }

    /// <summary>Its address is known to the router, its handshake has not begun.</summary>
    private TestPeer Enter(int id)
    {
        var peer = _harness.Join(id, connect: false);
        peer.Check();
        return peer;
    }

    private void Flood(TestPeer peer, int datagrams)
    {
        for (var i = 0; i < datagrams; i++)
        {
            _harness.Router.OnDatagram(peer.Address, [22, .. new byte[20]], _harness.Now);
        }
    }

    private void Storm(int count)
    {
        var peers = Enumerable.Range(100, count).Select(i => _harness.Join(i, connect: false)).ToList();
        peers.ForEach(peer => peer.Check());
        foreach (var peer in peers)
        {
            _harness.Router.OnDatagram(peer.Address, [.. FakeDtlsFactory.Connect], _harness.Now);
        }
    }
}
