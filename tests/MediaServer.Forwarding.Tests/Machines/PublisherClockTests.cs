using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Tests.Machines;

public class PublisherClockTests
{
    private const ulong Second = 1UL << 32;

    private readonly PublisherClock _clock = new();
    private readonly PublicationLayer _layer;

    public PublisherClockTests()
    {
        var harness = new RouterHarness();
        var transport = new PeerTransport(
            new RouterContext(harness.Options, harness.Egress, harness, RouterHarness.NtpAt, 1),
            new DeadlineQueue(),
            new FakeDtlsFactory(),
            new Commands.OpenTransport(new Commands.TransportId(1), new Commands.RoomId(1), 1, new PeerShape().Negotiate(1)),
            new Speakers.Room(new Commands.RoomId(1), new RouterContext(harness.Options, harness.Egress, harness, RouterHarness.NtpAt, 1)),
            harness.Now);
        _layer = transport.Publications.First(p => p.Media.Kind == MediaKind.Video).Layers[0];
    }

    [Fact]
    public void NothingIsKnownBeforeTheFirstReport()
    {
        Assert.False(_clock.TryMapTimestamp(_layer, 90_000, 1000 * Second, out _));
        _clock.OnSenderReport(100 * Second, 1000 * Second);
        Assert.False(_clock.TryMapTimestamp(_layer, 90_000, 1000 * Second, out _));
    }

    [Fact]
    public void AReportThatTheNetworkDelaysMovesNothing()
    {
        _layer.OnSenderReport(100 * Second, 0, default);
        _clock.OnSenderReport(100 * Second, 1000 * Second);
        Assert.Equal(45_000u, Map((1000 * Second) + (Second / 2)));
        _clock.OnSenderReport(101 * Second, (1001 * Second) + (Second / 4));
        Assert.Equal(45_000u, Map((1000 * Second) + (Second / 2)));
    }

    [Fact]
    public void APublisherWhoseClockIsSetAnewIsFollowed()
    {
        _clock.OnSenderReport(100 * Second, 1000 * Second);
        _clock.OnSenderReport(3600 * Second, 1001 * Second);
        _layer.OnSenderReport(3600 * Second, 7, default);
        Assert.Equal(7u, Map(1001 * Second));
    }

    private uint Map(ulong serverNtp)
    {
        Assert.True(_clock.TryMapTimestamp(_layer, 90_000, serverNtp, out var timestamp));
        return timestamp;
    }
}
