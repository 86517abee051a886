using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests;

public class ConnectingTests
{
    private readonly RouterHarness _harness = new();

    [Fact]
    public void APeerConnectsAfterCheckAndHandshake()
    {
        var peer = _harness.Join(1, connect: false);
        peer.Check();
        peer.Receive();
        Assert.Equal(0x01, peer.Plain.Single()[0]);
        Assert.Empty(_harness.Take<TransportConnected>());

        peer.Send([.. FakeDtlsFactory.Connect]);
        Assert.Equal(new TransportConnected(peer.Id), _harness.Take<TransportConnected>().Single());
        peer.Receive();
        Assert.Equal([22, 9], peer.Plain.Single());
    }

    [Fact]
    public void DtlsFromAnUncheckedAddressIsDropped()
    {
        var peer = _harness.Join(1, connect: false);
        peer.Send([.. FakeDtlsFactory.Connect]);
        Assert.Equal(1, _harness.Router.Dropped(DropReason.UnknownAddress));
        Assert.Empty(_harness.Events);
    }

    [Fact]
    public void AWrongPasswordValidatesNothing()
    {
        var peer = _harness.Join(1, connect: false);
        peer.Check(password: "not-the-password-of-this");
        peer.Send([.. FakeDtlsFactory.Connect]);
        Assert.Equal(1, _harness.Router.Dropped(DropReason.StunBadIntegrity));
        Assert.Equal(1, _harness.Router.Dropped(DropReason.UnknownAddress));
        peer.Receive();
        Assert.Empty(peer.Plain);
    }

    [Fact]
    public void AnUnknownUfragIsDropped()
    {
        var stranger = new TestPeer(_harness, 9, new PeerShape());
        stranger.Check();
        Assert.Equal(1, _harness.Router.Dropped(DropReason.StunUnknownUsername));
    }

    [Fact]
    public void MediaBeforeTheHandshakeIsDropped()
    {
        var peer = _harness.Join(1, connect: false);
        peer.Check();
        peer.Camera.KeyFrame();
        Assert.Equal(1, _harness.Router.Dropped(DropReason.SrtpNotReady));
    }

    [Theory]
    [InlineData(new byte[0], DropReason.TooShort)]
    [InlineData(new byte[] { 0x40, 0, 0 }, DropReason.UnknownFirstByte)]
    [InlineData(new byte[] { 0xFF, 0, 0 }, DropReason.UnknownFirstByte)]
    [InlineData(new byte[] { 0x80, 0, 0 }, DropReason.UnknownAddress)]
    public void EveryDropIsCounted(byte[] datagram, DropReason reason)
    {
        _harness.Router.OnDatagram(TransportAddress.FromIPv4(1, 1), datagram, _harness.Now);
        Assert.Equal(1, _harness.Router.Dropped(reason));
    }

    [Fact]
    public void ATransportWithoutChecksIsClosedAfterThirtySeconds()
    {
        var peer = _harness.Join(1);
        _harness.Advance(20_000);
        peer.Check();
        _harness.Advance(29_900);
        Assert.Empty(_harness.Take<TransportClosed>());
        _harness.Advance(200);
        Assert.Equal(new TransportClosed(peer.Id, TransportCloseReason.ConsentExpired), _harness.Take<TransportClosed>().Single());

        peer.Camera.KeyFrame();
        Assert.Equal(1, _harness.Router.Dropped(DropReason.UnknownAddress));
        Assert.Equal(MonotonicTime.Never, WithoutRooms());
    }

    [Fact]
    public void CloseNotifyAndAFailedHandshakeCloseTheTransport()
    {
        var first = _harness.Join(1);
        var second = _harness.Join(2, connect: false);
        first.Send([.. FakeDtlsFactory.CloseNotify]);
        second.Check();
        second.Send([.. FakeDtlsFactory.Fail]);
        Assert.Equal(
            [new(first.Id, TransportCloseReason.ClosedByPeer), new(second.Id, TransportCloseReason.HandshakeFailed)],
            _harness.Take<TransportClosed>());
    }

    [Fact]
    public void CloseOnRequestSaysGoodbye()
    {
        var peer = _harness.Join(1);
        peer.Receive();
        _harness.Apply(new CloseTransport(peer.Id));
        peer.Receive();
        Assert.Equal([21, 9], peer.Plain.Single());
        Assert.Equal(TransportCloseReason.Requested, _harness.Take<TransportClosed>().Single().Reason);
        _harness.Apply(new CloseTransport(peer.Id));
        Assert.Empty(_harness.Take<TransportClosed>());
    }

    [Fact]
    public void MediaFollowsThePeerToANewAddress()
    {
        var publisher = _harness.Join(1);
        var subscriber = _harness.Join(2);
        _harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        Assert.Single(subscriber.ReceiveVideo());

        subscriber.Address = TransportAddress.FromIPv4(0x0B0B0B0B, 7);
        subscriber.Check();
        publisher.Camera.Frame();
        Assert.Single(subscriber.ReceiveVideo());
    }

    [Fact]
    public void AnIceRestartTakesTheNewCredentialsAndKeepsTheMedia()
    {
        var publisher = _harness.Join(1);
        var subscriber = _harness.Join(2);
        _harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        subscriber.ReceiveVideo();

        var oldShape = subscriber.Shape;
        subscriber.Shape = oldShape with { UfragSuffix = "again" };
        _harness.Apply(new UpdateTransport(subscriber.Id, subscriber.Shape.Negotiate(2)));
        publisher.Camera.Frame();
        Assert.Single(subscriber.ReceiveVideo());

        subscriber.Address = TransportAddress.FromIPv4(0x0C0C0C0C, 8);
        subscriber.Check();
        publisher.Camera.Frame();
        Assert.Single(subscriber.ReceiveVideo());

        subscriber.Shape = oldShape;
        subscriber.Check();
        Assert.Equal(1, _harness.Router.Dropped(DropReason.StunUnknownUsername));
    }

    /// <summary>The router's deadline after everybody has left and the last room was looked at.</summary>
    private MonotonicTime WithoutRooms()
    {
        _harness.Advance(500);
        return _harness.Router.NextDeadline;
    }
}
