using MediaServer.OpenSsl.Tests.Harness;
using MediaServer.Protocol.Dtls;

namespace MediaServer.OpenSsl.Tests;

/// <summary>Handshake messages that span datagrams (RFC 6347 section 4.2.3): hellos with post-quantum key shares, large certificates.</summary>
public sealed class FragmentationTests(Factories factories) : IClassFixture<Factories>
{
    private const int Mtu = 1200;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_ClientHello_in_two_datagrams_in_either_order_is_one(bool reversed)
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers);
        pair.Client.Start(pair.Now);
        var (first, second) = DtlsRecord.Fragment(pair.Client.Take().Single(), cut: 70);
        if (reversed)
        {
            (first, second) = (second, first);
        }

        pair.Server.Receive(first, pair.Now);
        Assert.Empty(pair.Server.Outbox);
        Assert.Equal(DtlsState.Handshaking, pair.Server.State);
        pair.Server.Receive(second, pair.Now);
        Assert.NotEmpty(pair.Server.Outbox);

        pair.Run(1000);
        Assert.True(pair.BothConnected);
        Assert.Equal(pair.Client.Session.KeyingMaterial!.LocalKey, pair.Server.Session.KeyingMaterial!.RemoteKey);
    }

    [Fact]
    public void Every_cut_of_a_ClientHello_works()
    {
        using var sample = new DtlsPair(factories.Clients, factories.Servers);
        sample.Client.Start(sample.Now);
        var length = sample.Client.Outbox.Single().Length - 25;
        for (var cut = 1; cut < length; cut += 7)
        {
            using var pair = new DtlsPair(factories.Clients, factories.Servers);
            pair.Client.Start(pair.Now);
            var (first, second) = DtlsRecord.Fragment(pair.Client.Take().Single(), cut);
            pair.Server.Receive(first, pair.Now);
            pair.Server.Receive(second, pair.Now);
            pair.Run(0);
            Assert.True(pair.BothConnected, $"cut after {cut} of {length} bytes");
        }
    }

    [Fact]
    public void A_large_certificate_is_sent_in_datagrams_that_fit()
    {
        using var large = new OpenSslDtlsSessionFactory(Certificates.LargeRsa(), Certificates.GcmAndCm);
        using var pair = new DtlsPair(large, large);
        pair.Handshake();
        Assert.True(pair.BothConnected);
        Assert.Equal(0, pair.ElapsedMilliseconds);
        foreach (var end in new[] { pair.Client, pair.Server })
        {
            Assert.True(end.Sent.Count(d => DtlsRecord.EpochOf(d) == 0) >= 3, "the certificate took several datagrams");
            Assert.All(end.Sent, d => Assert.InRange(d.Length, 1, Mtu));
        }
    }

    [Fact]
    public void Any_one_lost_datagram_of_a_large_flight_is_repaired()
    {
        using var large = new OpenSslDtlsSessionFactory(Certificates.LargeRsa(), Certificates.GcmAndCm);
        var count = CountDatagrams(large);
        for (var lost = 0; lost < count; lost++)
        {
            var number = 0;
            using var pair = new DtlsPair(large, large) { Network = (_, _, datagram) => number++ == lost ? [] : [datagram] };
            pair.Handshake();
            Assert.True(pair.BothConnected, $"datagram {lost} of {count} lost");
            Assert.InRange(pair.ElapsedMilliseconds, 100, 700);
        }
    }

    [Fact]
    public void Small_messages_of_a_flight_share_a_datagram()
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers);
        pair.Handshake();
        Assert.True(DtlsRecord.Split(pair.Server.Sent[0]).Count > 2);
        Assert.Equal((2, 2), (pair.Client.Sent.Count, pair.Server.Sent.Count));
    }

    private static int CountDatagrams(OpenSslDtlsSessionFactory factory)
    {
        using var pair = new DtlsPair(factory, factory);
        pair.Handshake();
        return pair.Client.Sent.Count + pair.Server.Sent.Count;
    }
}
