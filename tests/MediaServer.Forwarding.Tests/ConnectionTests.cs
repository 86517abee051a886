using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests;

/// <summary>Peers behind TCP connections: each is an address of its own, may close, and may be slower than what is sent.</summary>
public class ConnectionTests
{
    private readonly RouterHarness _harness = new();
    private readonly TestPeer _publisher;
    private readonly TestPeer _subscriber;
    private readonly TransportAddress _first;
    private readonly TransportAddress _second;

    public ConnectionTests()
    {
        _publisher = _harness.Join(1);
        _subscriber = _harness.Join(2, connect: false);
        _first = _subscriber.Address.OverTcp(1);
        _second = _subscriber.Address.OverTcp(2);
        _subscriber.Address = _first;
        _subscriber.Connect();
        _harness.Show(_subscriber, _publisher);
        _publisher.Camera.KeyFrame();
        Assert.Single(_subscriber.ReceiveVideo());
        _publisher.Receive();
    }

    [Fact]
    public void TheSameEndPointOnAnotherConnectionIsAnotherAddress()
    {
        _subscriber.Address = _second;
        _subscriber.SendAudio(1, 960);
        Assert.Equal(1, _harness.Router.Dropped(DropReason.UnknownAddress));
        _subscriber.Check();
        _subscriber.SendAudio(1, 960);
        Assert.Equal(1, _harness.Router.Dropped(DropReason.UnknownAddress));
    }

    [Fact]
    public void MediaFollowsTheLatestNomination()
    {
        _subscriber.Address = _second;
        _subscriber.Check();
        _publisher.Camera.Frame(mark: 1);
        Assert.Equal(1, _subscriber.ReceiveVideo().Single().Mark);
        _subscriber.Address = _first;
        Assert.Empty(_subscriber.ReceiveVideo());
        _subscriber.Check();
        _publisher.Camera.Frame(mark: 2);
        Assert.Equal(2, _subscriber.ReceiveVideo().Single().Mark);
    }

    [Fact]
    public void WhatIsBoundIsReleasedWhenItsTransportCloses()
    {
        _subscriber.Address = _second;
        _subscriber.Check();
        Assert.True(_harness.Egress.Bound.IsSupersetOf([_first, _second]));
        _harness.Apply(new CloseTransport(_subscriber.Id));
        Assert.Equal([_publisher.Address], _harness.Egress.Bound);
    }

    [Fact]
    public void TooManyConnectionsOfOneTransportReleaseTheOldest()
    {
        for (var connection = 10u; connection < 30; connection++)
        {
            _subscriber.Address = _first.OverTcp(connection);
            _subscriber.Check();
        }

        Assert.Equal(1 + 8, _harness.Egress.Bound.Count);
        Assert.Contains(_first.OverTcp(29), _harness.Egress.Bound);
    }

    [Fact]
    public void WhenTheNominatedConnectionClosesTheOtherTakesOver()
    {
        _subscriber.Address = _second;
        _subscriber.Check();
        _harness.Egress.Bound.Remove(_second);
        _harness.Router.OnConnectionClosed(_second, _harness.Now);
        _subscriber.Address = _first;
        _subscriber.Receive();
        _publisher.Camera.Frame(mark: 4);
        Assert.Equal(4, _subscriber.ReceiveVideo().Single().Mark);
    }

    [Fact]
    public void WithoutAnyConnectionNothingIsSentUntilOneComesAndThenAKeyFrame()
    {
        _harness.Router.OnConnectionClosed(_first, _harness.Now);
        _harness.Egress.Bound.Remove(_first);
        var sent = _harness.Egress.Count;
        _publisher.Camera.Frame();
        _publisher.SendAudio(1, 960, level: 0);
        _harness.Advance(3000);
        Assert.DoesNotContain(_harness.Egress.Order.Skip(sent), to => to.IsTcp || to.IsDefault);
        Assert.Empty(_publisher.TakePictureLoss());

        _subscriber.Address = _second;
        _subscriber.Check();
        Assert.Equal([_publisher.Camera.Ssrc], _publisher.TakePictureLoss());
        _publisher.Camera.Frame();
        Assert.Empty(_subscriber.ReceiveVideo());
        _publisher.Camera.KeyFrame(mark: 8);
        Assert.Equal(8, _subscriber.ReceiveVideo().Single().Mark);
    }

    [Fact]
    public void AClosedConnectionOfNobodyIsNothing()
    {
        _harness.Router.OnConnectionClosed(_first.OverTcp(77), _harness.Now);
        _harness.Router.OnBackPressure(_first.OverTcp(77), true, _harness.Now);
        _publisher.Camera.Frame();
        Assert.Single(_subscriber.ReceiveVideo());
    }

    [Fact]
    public void ConsentEndsATransportWhoseConnectionsAreGone()
    {
        _harness.Router.OnConnectionClosed(_first, _harness.Now);
        _harness.Egress.Bound.Remove(_first);
        for (var second = 0; second < 31; second++)
        {
            _publisher.Check();
            _harness.Advance(1000);
        }

        Assert.Equal(new TransportClosed(_subscriber.Id, TransportCloseReason.ConsentExpired), _harness.Take<TransportClosed>().Single());
    }
}
