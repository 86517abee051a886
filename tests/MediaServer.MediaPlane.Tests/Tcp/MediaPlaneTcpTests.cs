using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MediaServer.Forwarding;
using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;
using MediaServer.Protocol.Stun;

namespace MediaServer.MediaPlane.Tests.Tcp;

/// <summary>The whole plane with its real router: checks over TCP and UDP on one port number, answered only when they are right.</summary>
public sealed class MediaPlaneTcpTests : IDisposable
{
    private static readonly IceCredentials Local = new("serverfragment", "a-password-of-the-server");
    private static readonly IceCredentials Remote = new("peer", "a-password-of-the-peer-side");
    private readonly MediaPlane _plane;
    private readonly int _port;

    public MediaPlaneTcpTests()
    {
        _port = FreePort();
        _plane = Open(new MediaPlaneOptions { BasePort = _port, Shards = 1, AdvertisedAddresses = ["192.0.2.1", "2001:db8::1"] });
        _plane.Start();
        var media = new NegotiatedTransport(Local, Remote, DtlsRole.Server, new DtlsFingerprint("sha-256", "AA"), ImmutableArray<NegotiatedMedia>.Empty);
        _plane.Post(0, new OpenTransport(new TransportId(1), new RoomId(1), 1, media));
    }

    public void Dispose() => _plane.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_check_over_TCP_is_answered_on_its_connection(bool ipv6)
    {
        using var peer = new StreamPeer(_port, ipv6);
        peer.Send(Check(Local.Password));
        Assert.True(StunMessage.TryParse(peer.Receive(), out var answer, out _));
        Assert.Equal(StunClass.SuccessResponse, answer.Class);
        Assert.True(answer.VerifyIntegrity(Encoding.UTF8.GetBytes(Local.Password)));
        Assert.True(answer.TryGetXorMappedAddress(out var mapped));
        Assert.Equal(new IPEndPoint(ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, peer.LocalPort), mapped.ToEndPoint());
        Assert.Equal(0, _plane.Bugs);
    }

    [Fact]
    public void A_check_with_a_wrong_password_gets_no_byte()
    {
        using var peer = new StreamPeer(_port);
        peer.Send(Check("another-password-entirely"));
        peer.Send(new byte[500]);
        using var good = new StreamPeer(_port);
        good.Send(Check(Local.Password));
        good.Receive();
        Assert.Equal(0, peer.Available);
    }

    [Fact]
    public void The_same_number_takes_UDP_as_well()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        socket.Connect(IPAddress.Loopback, _port);
        socket.Send(Check(Local.Password));
        var buffer = new byte[500];
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, socket.Receive(buffer)), out var answer, out _));
        Assert.Equal(StunClass.SuccessResponse, answer.Class);
    }

    [Fact]
    public void Closing_the_plane_closes_the_connections()
    {
        using var peer = new StreamPeer(_port);
        peer.Send(Check(Local.Password));
        peer.Receive();
        _plane.Dispose();
        Assert.True(peer.IsClosed);
    }

    [Fact]
    public void Candidates_are_UDP_first_then_TCP_on_every_address()
    {
        Assert.Equal(
            [(false, "192.0.2.1"), (false, "2001:db8::1"), (true, "192.0.2.1"), (true, "2001:db8::1")],
            _plane.CandidatesOf(0).Select(c => (c.IsTcp, c.ToEndPoint().Address.ToString())));
        Assert.All(_plane.CandidatesOf(0), c => Assert.Equal(_port, c.Port));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Either_protocol_can_be_left_out(bool udp, bool tcp)
    {
        var port = FreePort();
        using var plane = Open(new MediaPlaneOptions { BasePort = port, Shards = 1, Udp = udp, Tcp = tcp, AdvertisedAddresses = ["192.0.2.1"] });
        Assert.Equal(tcp, Assert.Single(plane.CandidatesOf(0)).IsTcp);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (tcp)
        {
            socket.Connect(IPAddress.Loopback, port);
        }
        else
        {
            Assert.Throws<SocketException>(() => socket.Connect(IPAddress.Loopback, port));
        }
    }

    [Fact]
    public void A_taken_TCP_port_ends_the_start_with_a_sentence_and_frees_the_others()
    {
        var port = FreePort();
        using (var taken = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true })
        {
            taken.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            taken.Listen();
            var error = Assert.Throws<InvalidOperationException>(() => Open(new MediaPlaneOptions { BasePort = port, Shards = 1 }));
            Assert.Contains($"{port} (UDP and TCP)", error.Message, StringComparison.Ordinal);
        }

        Open(new MediaPlaneOptions { BasePort = port, Shards = 1 }).Dispose();
    }

    [Fact]
    public void Without_any_protocol_there_is_no_plane() =>
        Assert.Throws<ArgumentException>(() => new MediaPlaneOptions { Udp = false, Tcp = false }.Validate());

    private static MediaPlane Open(MediaPlaneOptions options) => new(
        options,
        new DtlsFingerprint("sha-256", "AA"),
        (_, egress, events) => new MediaRouter(new MediaRouterOptions(), new NoDtls(), egress, events, MonotonicClock.NtpAt, 1),
        exception => throw new InvalidOperationException("a bug", exception));

    private static byte[] Check(string password)
    {
        var buffer = new byte[300];
        var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        writer.Add(StunAttribute.Username, Encoding.UTF8.GetBytes($"{Local.UsernameFragment}:{Remote.UsernameFragment}"));
        writer.Add(StunAttribute.UseCandidate, default(ReadOnlySpan<byte>));
        writer.AddIntegrity(Encoding.UTF8.GetBytes(password));
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }

    /// <summary>Free for UDP and TCP.</summary>
    private static int FreePort()
    {
        while (true)
        {
            using var stream = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
            stream.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
            var port = ((IPEndPoint)stream.LocalEndPoint!).Port;
            try
            {
                using var datagrams = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
                datagrams.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken for UDP: another.
            }
        }
    }

    /// <summary>No test here comes as far as a handshake.</summary>
    private sealed class NoDtls : IDtlsSessionFactory
    {
        public DtlsFingerprint LocalFingerprint { get; } = new("sha-256", "AA");

        public IDtlsSession Create(DtlsRole role, DtlsFingerprint expectedRemote) => throw new NotSupportedException();
    }
}
