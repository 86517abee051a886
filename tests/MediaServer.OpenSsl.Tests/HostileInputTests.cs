using CsCheck;
using MediaServer.OpenSsl.Tests.Harness;
using MediaServer.Protocol.Dtls;

namespace MediaServer.OpenSsl.Tests;

/// <summary>Whatever arrives: no exception, no crash, and the next call is none the worse for it.</summary>
public sealed class HostileInputTests(Factories factories) : IClassFixture<Factories>
{
    private static readonly Gen<byte[]> Garbage = Gen.Byte.Array[0, 300];

    private enum Mutation
    {
        FlipByte,
        Truncate,
        Extend,
        Duplicate,
        Zero,
        Replace,
    }

    [Fact]
    public void Garbage_moves_no_state_and_is_not_answered()
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers);
        foreach (byte[] datagram in new byte[][] { [], [22], [22, 0xFE, 0xFD], [22, .. new byte[12]], [.. Enumerable.Repeat((byte)0xFF, 1500)], "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), [0x16, 0x03, 0x01, 0, 5, 1, 0, 0, 1, 0] })
        {
            pair.Server.Receive(datagram, pair.Now);
            Assert.Equal(DtlsState.New, pair.Server.State);
        }

        Assert.Empty(pair.Server.Outbox);
        pair.Handshake();
        Assert.True(pair.BothConnected);
    }

    [Fact]
    public void Garbage_at_any_moment_disturbs_no_call() => Gen.Select(Garbage, Gen.Int[0, 4], Gen.Bool).Sample(
        (garbage, moment, atClient) =>
        {
            var flights = 0;
            DtlsPair pair = null!;
            using (pair = new DtlsPair(factories.Clients, factories.Servers)
            {
                Network = (fromClient, _, datagram) => ++flights == moment && fromClient != atClient ? [garbage, datagram] : [datagram],
            })
            {
                pair.Handshake();
                Assert.True(pair.BothConnected);
                (atClient ? pair.Client : pair.Server).Receive(garbage, pair.Now);
                Assert.True(pair.BothConnected);
            }
        },
        iter: 200);

    [Fact]
    public void A_connected_session_ignores_forged_records() => Gen.Select(Gen.Byte[20, 23], Gen.UShort[0, 2], Garbage).Sample(
        (type, epoch, body) =>
        {
            using var pair = new DtlsPair(factories.Clients, factories.Servers);
            pair.Handshake();
            byte[] record = [type, 0xFE, 0xFD, 0, (byte)epoch, 0, 0, 0, 0, 0, 200, (byte)(body.Length >> 8), (byte)body.Length, .. body];
            pair.Server.Receive(record, pair.Now);
            pair.Client.Receive(record, pair.Now);
            Assert.True(pair.BothConnected);

            // And the real end of the call is still understood.
            pair.Client.Close(pair.Now);
            pair.Deliver();
            Assert.Equal(DtlsState.Closed, pair.Server.State);
        },
        iter: 200);

    [Fact]
    public void A_mutated_handshake_ends_in_equal_keys_or_in_none() => Gen.Select(Gen.Enum<Mutation>(), Gen.Int[0, 5], Gen.Int[0, 1400], Gen.Byte, Garbage).Sample(
        (mutation, number, position, value, garbage) =>
        {
            var count = 0;
            using var pair = new DtlsPair(factories.Clients, factories.Servers)
            {
                Network = (_, _, datagram) => count++ == number ? Mutate(datagram, mutation, position, value, garbage) : [datagram],
            };
            pair.Handshake(40_000);
            var (client, server) = (pair.Client.Session.KeyingMaterial, pair.Server.Session.KeyingMaterial);
            Assert.Equal(pair.Client.State is DtlsState.Connected or DtlsState.Closed, client is not null);
            Assert.Equal(pair.Server.State is DtlsState.Connected or DtlsState.Closed, server is not null);
            if (client is not null && server is not null)
            {
                Assert.Equal(client.LocalKey, server.RemoteKey);
                Assert.Equal(client.RemoteKey, server.LocalKey);
            }

            Assert.True(pair.BothConnected || pair.Client.State == DtlsState.Failed || pair.Server.State is DtlsState.Failed, $"stuck: {pair.Client.State}, {pair.Server.State}");
            using var next = new DtlsPair(factories.Clients, factories.Servers);
            next.Handshake();
            Assert.True(next.BothConnected, "the next call is not disturbed");
        },
        iter: 600);

    [Fact]
    public void A_session_that_has_ended_stays_ended()
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers);
        pair.Client.Start(pair.Now);
        var hello = pair.Client.Take().Single();
        pair.Server.Close(pair.Now);
        pair.Server.Receive(hello, pair.Now);
        pair.Server.OnTimeout(pair.Now.AddMilliseconds(1000));
        Assert.Equal(DtlsState.Closed, pair.Server.State);
        Assert.Empty(pair.Server.Outbox);
    }

    private static IEnumerable<byte[]> Mutate(byte[] datagram, Mutation mutation, int position, byte value, byte[] garbage)
    {
        var at = position % datagram.Length;
        switch (mutation)
        {
            case Mutation.FlipByte:
                datagram[at] ^= value;
                return [datagram];
            case Mutation.Truncate:
                return [datagram[..at]];
            case Mutation.Extend:
                return [[.. datagram, .. garbage]];
            case Mutation.Duplicate:
                return [datagram, datagram];
            case Mutation.Zero:
                datagram.AsSpan(at, Math.Min(value, datagram.Length - at)).Clear();
                return [datagram];
            default:
                return [garbage];
        }
    }
}
