using System.Diagnostics.Metrics;
using MediaServer.Forwarding;
using MediaServer.Forwarding.Commands;
using MediaServer.MediaPlane.Tests.Harness;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests;

[CollectionDefinition(nameof(MetricsTests), DisableParallelization = true)]
public sealed class OnlyMediaPlaneInTheProcess;

/// <summary>What operators see moves when something happens. Alone, for a listener hears every plane of the process.</summary>
[Collection(nameof(MetricsTests))]
public sealed class MetricsTests
{
    [Fact]
    public void Traffic_shows_by_shard()
    {
        using var running = new RunningPlane(shards: 2);
        using var readings = new Readings();
        Assert.Equal(0, readings.Read("datagrams_received", 1));
        using var peer = new Peer();
        running.AssertEchoes(peer, shard: 1);
        running.AssertEchoes(peer, shard: 1);

        // The shard counts after it has sent.
        Soon.True(() => readings.Read("datagrams_sent", 1) == 2, "what was sent is counted");
        Assert.Equal(2, readings.Read("datagrams_received", 1));
        Assert.Equal(6, readings.Read("bytes_received", 1));
        Assert.Equal(6, readings.Read("bytes_sent", 1));
        Assert.InRange(readings.Read("send_system_calls", 1), 1, 2);
        Assert.Equal(0, readings.Read("datagrams_received", 0));
        Assert.Equal(0, readings.Read("mailbox_depth", 1));
        Assert.Equal(0, readings.Read("datagrams_refused_by_kernel", 1));
    }

    [Fact]
    public void Bugs_and_drops_show_with_their_reason()
    {
        using var running = new RunningPlane();
        using var readings = new Readings();
        using var peer = new Peer();
        peer.Send(running.EndPoint(), TestRouter.Throw);
        running.AssertEchoes(peer);
        Assert.Equal(1, readings.Read("bugs", 0));
        Assert.Equal(1, readings.Read("drops", 0, nameof(DropReason.PayloadMalformed)));
        Assert.Equal(0, readings.Read("drops", 0, nameof(DropReason.TooShort)));
    }

    [Fact]
    public void The_real_routers_drops_show()
    {
        var options = new MediaPlaneOptions { BasePort = Ports.Free(), Shards = 1 };
        using var plane = new MediaPlane(options, new DtlsFingerprint("sha-256", "AA"), (_, egress, events) => new MediaRouter(new MediaRouterOptions(), new NoDtls(), egress, events, MonotonicClock.NtpAt, 1), _ => { });
        plane.Start();
        using var readings = new Readings();
        using var peer = new Peer();
        var to = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, options.BasePort);
        peer.Send(to, 1);
        peer.Send(to, [0x00, 0x01, .. new byte[18]]); // No magic cookie.
        peer.Send(to, 0x16, 0xFE, 0xFD);
        peer.Send(to, 0xFF, 0xFF);
        Soon.True(() => readings.Read("datagrams_received", 0) == 4, "all four arrived");
        Soon.True(() => readings.Read("drops", 0, nameof(DropReason.UnknownFirstByte)) == 1, "the last was dropped");
        Assert.Equal(1, readings.Read("drops", 0, nameof(DropReason.TooShort)));
        Assert.Equal(1, readings.Read("drops", 0, nameof(DropReason.StunMalformed)));
        Assert.Equal(1, readings.Read("drops", 0, nameof(DropReason.UnknownAddress)));
        Assert.Equal(0, plane.Bugs);
    }

    [Fact]
    public void A_disposed_plane_reports_nothing_any_more()
    {
        using var readings = new Readings();
        new RunningPlane().Dispose();
        Assert.Empty(readings.All());
    }

    private sealed class NoDtls : IDtlsSessionFactory
    {
        public DtlsFingerprint LocalFingerprint { get; } = new("sha-256", "AA");

        public IDtlsSession Create(DtlsRole role, DtlsFingerprint expectedRemote) => throw new InvalidOperationException("no handshake was to happen");
    }

    private sealed class Readings : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<(string Name, int Shard, string? Reason, long Value)> _measured = [];

        public Readings()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "MediaServer.MediaPlane")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _measured.Add((instrument.Name, (int)Tag(tags, "shard")!, (string?)Tag(tags, "reason"), value)));
            _listener.Start();
        }

        public List<(string Name, int Shard, string? Reason, long Value)> All()
        {
            _measured.Clear();
            _listener.RecordObservableInstruments();
            return [.. _measured];
        }

        public long Read(string name, int shard, string? reason = null)
        {
            var found = All().Where(m => m.Name == $"mediaserver.media.{name}" && m.Shard == shard && m.Reason == reason).ToList();
            return found.Count == 0 && reason is not null ? 0 : Assert.Single(found).Value;
        }

        public void Dispose() => _listener.Dispose();

        private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string key)
        {
            foreach (var tag in tags)
            {
                if (tag.Key == key)
                {
                    return tag.Value;
                }
            }

            return null;
        }
    }
}
