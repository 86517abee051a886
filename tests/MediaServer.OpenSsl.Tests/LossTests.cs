using MediaServer.OpenSsl.Tests.Harness;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;

namespace MediaServer.OpenSsl.Tests;

/// <summary>Retransmission on the caller's clock: 100 ms, doubling (RFC 6347 section 4.2.4).</summary>
public sealed class LossTests(Factories factories) : IClassFixture<Factories>
{
    /// <summary>ClientHello; ServerHello to ServerHelloDone; Certificate to Finished; the server's Finished.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Each_flight_may_be_lost(int lost)
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers) { Network = (_, flight, datagram) => flight == lost ? [] : [datagram] };
        pair.Handshake();
        Assert.True(pair.BothConnected);
        Assert.Equal(100, pair.ElapsedMilliseconds);
        Assert.Equal(pair.Client.Session.KeyingMaterial!.LocalKey, pair.Server.Session.KeyingMaterial!.RemoteKey);
    }

    /// <summary>As above with the last flight lost, but the client repeats its Finished under a fresh record number, as browsers do.</summary>
    [Fact]
    public void A_repeated_Finished_brings_the_last_flight_again()
    {
        using var context = new OpenSslDtlsSessionFactory();
        using var client = new RenumberingClient(context.Context);
        using var server = new DtlsEnd(factories.Servers.Create(DtlsRole.Server, context.LocalFingerprint));
        server.Receive(client.Advance(), DtlsPair.Start);

        // The client's timer is due at once, so its flight comes twice; each copy ends with its Finished.
        var records = DtlsRecord.Split(client.Advance(server.Take().Single()));
        var end = records.FindIndex(record => DtlsRecord.EpochOf(record) == 1) + 1;
        Assert.InRange(end, 4, records.Count - 4);
        server.Receive([.. records.Take(end).SelectMany(record => record)], DtlsPair.Start);
        Assert.Equal(DtlsState.Connected, server.State);
        Assert.Single(server.Take());

        server.Receive([.. records.Skip(end).SelectMany(record => record)], DtlsPair.Start);
        client.Advance(server.Take().Single());
        Assert.True(client.IsConnected);
        Assert.Equal(DtlsState.Connected, server.State);
    }

    [Fact]
    public void Retransmissions_back_off()
    {
        var times = new List<long>();
        DtlsPair pair = null!;
        using (pair = new DtlsPair(factories.Clients, factories.Servers)
        {
            Network = (_, _, _) =>
            {
                times.Add(pair.ElapsedMilliseconds);
                return [];
            },
        })
        {
            pair.Handshake();
            Assert.Equal([0, 100, 300, 700, 1500, 3100, 6100, 9100], times.Take(8));
            Assert.Equal(DtlsState.Failed, pair.Client.State);
            Assert.InRange(pair.ElapsedMilliseconds, 30_000, 33_100);
            Assert.Equal(MonotonicTime.Never, pair.Client.Session.NextDeadline);
        }
    }

    [Fact]
    public void A_timeout_before_its_deadline_sends_nothing()
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers);
        pair.Client.Start(pair.Now);
        pair.Client.Take();
        pair.Client.OnTimeout(pair.Now.AddMilliseconds(99));
        Assert.Empty(pair.Client.Outbox);
        pair.Client.OnTimeout(pair.Now.AddMilliseconds(100));
        Assert.Single(pair.Client.Outbox);
    }

    [Fact]
    public void A_third_lost_and_a_third_duplicated_connects_all_the_same()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var random = new Random(seed);
            using var pair = new DtlsPair(factories.Clients, factories.Servers)
            {
                Network = (_, _, datagram) => random.Next(3) switch { 0 => [], 1 => [datagram, datagram], _ => [datagram] },
            };
            pair.Handshake(29_000);
            Assert.True(pair.BothConnected, $"seed {seed}: client {pair.Client.State}, server {pair.Server.State}");
        }
    }

    [Fact]
    public void Datagrams_of_a_flight_may_arrive_in_reverse()
    {
        using var large = new OpenSslDtlsSessionFactory(Certificates.LargeRsa(), Certificates.GcmAndCm);
        using var client = new DtlsEnd(large.Create(DtlsRole.Client, large.LocalFingerprint));
        using var server = new DtlsEnd(large.Create(DtlsRole.Server, large.LocalFingerprint));
        var now = DtlsPair.Start;
        client.Start(now);
        for (var round = 0; round < 200 && !(client.State == DtlsState.Connected && server.State == DtlsState.Connected); round++)
        {
            client.Take().AsEnumerable().Reverse().ToList().ForEach(datagram => server.Receive(datagram, now));
            server.Take().AsEnumerable().Reverse().ToList().ForEach(datagram => client.Receive(datagram, now));
            now = now.AddMilliseconds(50);
            client.OnTimeout(now);
            server.OnTimeout(now);
        }

        Assert.Equal((DtlsState.Connected, DtlsState.Connected), (client.State, server.State));
    }
}
