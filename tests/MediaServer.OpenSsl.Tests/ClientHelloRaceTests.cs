using MediaServer.Forwarding.Commands;
using MediaServer.OpenSsl.Tests.Harness;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;

namespace MediaServer.OpenSsl.Tests;

/// <summary>
/// CVE-2023-51443: servers that let the first ClientHello win, from wherever it came, could be kept from answering the caller's. Here a
/// handshake exists only for an address that passed ICE.
/// </summary>
public sealed class ClientHelloRaceTests(Factories factories) : IClassFixture<Factories>
{
    private static readonly TransportAddress Attacker = TransportAddress.FromIPv4(0xC0A8_0001, 6_666);
    private readonly RouterWire _wire = new(factories.Servers);

    [Fact]
    public void Without_an_attacker_the_call_connects()
    {
        using var anna = new Caller(_wire, 1, factories.Clients);
        anna.Check();
        anna.SendClientHello();
        anna.TakeAll();
        AssertConnected(anna);
    }

    [Fact]
    public void A_hello_that_outruns_everything_is_dropped_and_counted()
    {
        using var anna = new Caller(_wire, 1, factories.Clients);
        SendHelloFrom(Attacker);
        anna.Check();
        anna.SendClientHello();
        anna.TakeAll();
        AssertConnected(anna);
        AssertNothingWentToTheAttacker(drops: 1);
    }

    [Fact]
    public void A_hello_from_the_callers_own_address_before_its_checks_is_dropped_too()
    {
        using var anna = new Caller(_wire, 1, factories.Clients);
        SendHelloFrom(anna.Address);
        Assert.Equal(0, _wire.SentTo(anna.Address));
        Assert.Equal(1, _wire.Router.Dropped(DropReason.UnknownAddress));
        anna.Check();
        anna.SendClientHello();
        anna.TakeAll();
        AssertConnected(anna);
    }

    [Fact]
    public void Hellos_between_all_datagrams_of_the_handshake_change_nothing()
    {
        using var anna = new Caller(_wire, 1, factories.Clients);
        var hellos = 0;
        void Interfere()
        {
            hellos += 2;
            SendHelloFrom(Attacker);
            SendHelloFrom(anna.Address with { Port = 1 });
        }

        Interfere();
        anna.Check();
        Interfere();
        anna.SendClientHello();
        anna.TakeAll(Interfere);
        Interfere();
        AssertConnected(anna);
        Assert.True(hellos >= 12, "the attacker was there at each step");
        AssertNothingWentToTheAttacker(drops: hellos);
        Assert.Equal(0, _wire.SentTo(anna.Address with { Port = 1 }));
    }

    [Fact]
    public void A_check_without_the_password_opens_no_door()
    {
        using var anna = new Caller(_wire, 1, factories.Clients);
        var guess = new IceClientAgent(new IceCredentials("peer1", "x"), new IceCredentials("server1", "a-guess-of-the-password"), [Caller.Server]);
        guess.Start(_wire.Now, new From(_wire, Attacker));
        Assert.Equal(1, _wire.Router.Dropped(DropReason.StunBadIntegrity));
        SendHelloFrom(Attacker);
        AssertNothingWentToTheAttacker(drops: 1);
    }

    [Fact]
    public void Another_participant_can_only_spoil_its_own_call()
    {
        using var anna = new Caller(_wire, 1, factories.Clients);
        using var mallory = new Caller(_wire, 2, factories.Clients, claimedFingerprint: factories.Servers.LocalFingerprint);
        mallory.Check();
        mallory.SendClientHello();
        anna.Check();
        anna.SendClientHello();
        mallory.TakeAll();
        anna.TakeAll();
        AssertConnected(anna);
        Assert.Equal([new TransportClosed(new TransportId(2), TransportCloseReason.HandshakeFailed)], _wire.Events.OfType<TransportClosed>());
        Assert.True(_wire.Router.Dropped(DropReason.DtlsFailed) > 0, "the failed handshake is counted");
    }

    [Fact]
    public void The_gate_does_not_even_create_a_session_for_an_unchecked_address()
    {
        var counting = new CountingFactory(factories.Servers);
        using var gate = new DtlsGate(counting, factories.Clients.LocalFingerprint);
        var ice = new IceLiteAgent(new IceCredentials("server", "server-password-server-password"), new IceCredentials("peer", "peer-password-peer-password"), _wire.Now);
        using var client = new DtlsEnd(factories.Clients.Create(DtlsRole.Client, factories.Servers.LocalFingerprint));
        client.Start(_wire.Now);
        Assert.False(gate.TryReceive(Attacker, client.Take().Single(), ice, _wire.Now, client, out var reason));
        Assert.Equal(DropReason.DtlsBeforeIce, reason);
        Assert.Equal(0, counting.Created);
        Assert.Equal(DtlsState.New, gate.State);
        Assert.Empty(client.Outbox);
    }

    [Fact]
    public void Loss_of_any_datagram_of_the_connecting_call_is_repaired_by_the_routers_timers()
    {
        using var anna = new Caller(_wire, 1, factories.Clients);
        anna.Check();
        anna.SendClientHello();
        Assert.True(_wire.TryTake(anna.Address, out _), "the server's flight is lost");
        Assert.Equal(_wire.Now.AddMilliseconds(100), _wire.Router.NextDeadline);
        _wire.Now = _wire.Router.NextDeadline;
        _wire.Router.OnTimeout(_wire.Now);
        anna.TakeAll();
        AssertConnected(anna);
    }

    private void AssertConnected(Caller caller)
    {
        Assert.True(caller.IsConnected);
        Assert.Contains(new TransportConnected(new TransportId(caller.Id)), _wire.Events);
    }

    private void AssertNothingWentToTheAttacker(int drops)
    {
        Assert.Equal(0, _wire.SentTo(Attacker));
        Assert.Equal(drops, _wire.Router.Dropped(DropReason.UnknownAddress));
    }

    /// <summary>A real ClientHello of a stranger.</summary>
    private void SendHelloFrom(TransportAddress address)
    {
        using var stranger = new DtlsEnd(factories.Clients.Create(DtlsRole.Client, factories.Servers.LocalFingerprint));
        stranger.Start(_wire.Now);
        _wire.Receive(address, stranger.Take().Single());
    }

    private sealed class From(RouterWire wire, TransportAddress address) : IIceOutput
    {
        public void SendStun(in TransportAddress to, ReadOnlySpan<byte> message) => wire.Receive(address, message.ToArray());
    }

    private sealed class CountingFactory(IDtlsSessionFactory inner) : IDtlsSessionFactory
    {
        public int Created { get; private set; }

        public DtlsFingerprint LocalFingerprint => inner.LocalFingerprint;

        public IDtlsSession Create(DtlsRole role, DtlsFingerprint expectedRemote)
        {
            Created++;
            return inner.Create(role, expectedRemote);
        }
    }
}
