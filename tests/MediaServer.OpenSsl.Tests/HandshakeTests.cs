using System.Security.Cryptography;
using MediaServer.OpenSsl.Tests.Harness;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Srtp;

namespace MediaServer.OpenSsl.Tests;

/// <summary>Two real OpenSSL sessions, back to back.</summary>
public sealed class HandshakeTests(Factories factories) : IClassFixture<Factories>
{
    [Fact]
    public void Both_ends_connect_and_hold_each_others_keys()
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers);
        pair.Handshake();

        Assert.True(pair.BothConnected);
        Assert.Equal(0, pair.ElapsedMilliseconds);
        AssertKeysMatch(pair, SrtpProfile.AeadAes128Gcm, saltLength: 12);
        Assert.Equal(MonotonicTime.Never, pair.Client.Session.NextDeadline);
        Assert.Equal(MonotonicTime.Never, pair.Server.Session.NextDeadline);
    }

    [Fact]
    public void The_keys_carry_media()
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers);
        pair.Handshake();
        using var client = new SrtpSession(pair.Client.Session.KeyingMaterial!);
        using var server = new SrtpSession(pair.Server.Session.KeyingMaterial!);
        byte[] packet = [0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7, 1, 2, 3, 4];
        var buffer = new byte[packet.Length + SrtpSession.MaxRtpOverhead];
        packet.CopyTo(buffer, 0);
        var length = client.ProtectRtp(buffer, packet.Length);
        Assert.Equal(packet.Length + 16, length);
        Assert.True(server.TryUnprotectRtp(buffer.AsSpan(0, length), out var plain, out _));
        Assert.Equal(packet, buffer[..plain]);
    }

    [Theory]
    [InlineData(Certificates.GcmAndCm, Certificates.CmOnly)]
    [InlineData(Certificates.CmOnly, Certificates.GcmAndCm)]
    public void An_end_without_GCM_gets_AES_CM(string clientProfiles, string serverProfiles)
    {
        using var clients = new OpenSslDtlsSessionFactory(Certificates.Ecdsa(), clientProfiles);
        using var servers = new OpenSslDtlsSessionFactory(Certificates.Ecdsa(), serverProfiles);
        using var pair = new DtlsPair(clients, servers);
        pair.Handshake();
        Assert.True(pair.BothConnected);
        AssertKeysMatch(pair, SrtpProfile.AesCm128HmacSha1Tag80, saltLength: 14);
    }

    [Fact]
    public void Ends_without_a_common_SRTP_profile_do_not_connect()
    {
        using var clients = new OpenSslDtlsSessionFactory(Certificates.Ecdsa(), "SRTP_AES128_CM_SHA1_32");
        using var pair = new DtlsPair(clients, factories.Servers);
        pair.Handshake();
        Assert.Equal(DtlsState.Failed, pair.Server.State);
        Assert.Null(pair.Server.Session.KeyingMaterial);
        Assert.Null(pair.Client.Session.KeyingMaterial);
    }

    [Fact]
    public void Two_calls_never_share_keys()
    {
        using var first = new DtlsPair(factories.Clients, factories.Servers);
        using var second = new DtlsPair(factories.Clients, factories.Servers);
        first.Handshake();
        second.Handshake();
        Assert.NotEqual(first.Client.Session.KeyingMaterial!.LocalKey, second.Client.Session.KeyingMaterial!.LocalKey);
        Assert.NotEqual(first.Client.Session.KeyingMaterial!.LocalKey, first.Client.Session.KeyingMaterial!.RemoteKey);
    }

    [Fact]
    public void A_client_with_another_certificate_than_its_SDP_says_is_refused()
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers, expectedByServer: new DtlsFingerprint("sha-256", factories.Servers.LocalFingerprint.Value));
        pair.Handshake();
        Assert.Equal(DtlsState.Failed, pair.Server.State);
        Assert.Null(pair.Server.Session.KeyingMaterial);
        Assert.Equal(MonotonicTime.Never, pair.Server.Session.NextDeadline);
    }

    [Fact]
    public void A_server_with_another_certificate_than_its_SDP_says_is_refused()
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers, expectedByClient: factories.Clients.LocalFingerprint);
        pair.Handshake();
        Assert.Equal(DtlsState.Failed, pair.Client.State);
        Assert.Null(pair.Client.Session.KeyingMaterial);
    }

    [Theory]
    [InlineData("sha-256", true)]
    [InlineData("SHA-256", true)]
    [InlineData("sha-384", true)]
    [InlineData("sha-512", true)]
    [InlineData("sha-1", false)]
    [InlineData("md5", false)]
    [InlineData("", false)]
    public void Fingerprints_of_strong_hashes_are_compared_whatever_their_case(string algorithm, bool connects)
    {
        var certificate = Certificates.Ecdsa();
        var hash = algorithm.ToLowerInvariant() switch
        {
            "sha-384" => SHA384.HashData(certificate.RawData),
            "sha-512" => SHA512.HashData(certificate.RawData),
            "sha-1" => SHA1.HashData(certificate.RawData),
            "md5" => MD5.HashData(certificate.RawData),
            _ => SHA256.HashData(certificate.RawData),
        };
        var value = BitConverter.ToString(hash).Replace('-', ':').ToLowerInvariant();
        using var clients = new OpenSslDtlsSessionFactory(certificate, Certificates.GcmAndCm);
        using var pair = new DtlsPair(clients, factories.Servers, expectedByServer: new DtlsFingerprint(algorithm, value));
        pair.Handshake();
        Assert.Equal(connects ? DtlsState.Connected : DtlsState.Failed, pair.Server.State);
        Assert.Equal(connects, pair.Server.Session.KeyingMaterial is not null);
    }

    [Fact]
    public void Close_notify_of_either_end_closes_the_other()
    {
        foreach (var clientCloses in new[] { true, false })
        {
            using var pair = new DtlsPair(factories.Clients, factories.Servers);
            pair.Handshake();
            var (closing, other) = clientCloses ? (pair.Client, pair.Server) : (pair.Server, pair.Client);
            closing.Close(pair.Now);
            Assert.Equal(DtlsState.Closed, closing.State);
            Assert.Equal(DtlsRecord.Alert, closing.Outbox.Single()[0]);
            pair.Deliver();
            Assert.Equal(DtlsState.Closed, other.State);
            closing.Close(pair.Now);
            Assert.Empty(closing.Outbox);
        }
    }

    [Fact]
    public void Closing_before_the_handshake_sends_nothing()
    {
        using var pair = new DtlsPair(factories.Clients, factories.Servers);
        pair.Server.Close(pair.Now);
        Assert.Equal(DtlsState.Closed, pair.Server.State);
        pair.Handshake(1000);
        Assert.Empty(pair.Server.Sent);
    }

    private static void AssertKeysMatch(DtlsPair pair, SrtpProfile profile, int saltLength)
    {
        var (client, server) = (pair.Client.Session.KeyingMaterial!, pair.Server.Session.KeyingMaterial!);
        Assert.Equal((profile, profile), (client.Profile, server.Profile));
        Assert.Equal(client.LocalKey, server.RemoteKey);
        Assert.Equal(client.LocalSalt, server.RemoteSalt);
        Assert.Equal(client.RemoteKey, server.LocalKey);
        Assert.Equal(client.RemoteSalt, server.LocalSalt);
        Assert.Equal((16, saltLength), (client.LocalKey.Length, client.LocalSalt.Length));
    }
}
