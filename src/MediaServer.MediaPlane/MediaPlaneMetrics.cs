using System.Diagnostics.Metrics;
using MediaServer.MediaPlane.Shards;
using MediaServer.MediaPlane.Sockets.Tcp;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane;

/// <summary>What the shards count, as observable instruments of the meter "MediaServer.MediaPlane", by shard.</summary>
internal sealed class MediaPlaneMetrics : IDisposable
{
    private static readonly DropReason[] Reasons = [.. Enum.GetValues<DropReason>().Where(r => r != DropReason.None)];
    private readonly Meter _meter = new("MediaServer.MediaPlane");
    private readonly MediaShard[] _shards;

    public MediaPlaneMetrics(MediaShard[] shards)
    {
        _shards = shards;
        Counter("mediaserver.media.datagrams_received", shard => shard.DatagramsReceived);
        Counter("mediaserver.media.bytes_received", shard => shard.BytesReceived);
        Counter("mediaserver.media.datagrams_sent", shard => shard.Sender.DatagramsSent);
        Counter("mediaserver.media.bytes_sent", shard => shard.Sender.BytesSent);
        Counter("mediaserver.media.datagrams_refused_by_kernel", shard => shard.Sender.DatagramsDropped);
        Counter("mediaserver.media.send_system_calls", shard => shard.Sender.SystemCalls);
        Counter("mediaserver.media.bugs", shard => shard.Bugs);
        Counter("mediaserver.media.tcp_accepted", shard => shard.Connections?.Accepted ?? 0);
        Counter("mediaserver.media.tcp_bytes_received", shard => shard.Connections?.BytesReceived ?? 0);
        Counter("mediaserver.media.tcp_bytes_sent", shard => shard.Connections?.BytesSent ?? 0);
        Counter("mediaserver.media.tcp_datagrams_sent", shard => shard.Connections?.DatagramsSent ?? 0);
        _meter.CreateObservableCounter("mediaserver.media.tcp_datagrams_dropped", TcpDrops);
        _meter.CreateObservableCounter("mediaserver.media.tcp_closed", TcpClosed);
        _meter.CreateObservableGauge("mediaserver.media.tcp_connections", () => PerShard(shard => shard.Connections?.Open ?? 0));
        Counter("mediaserver.media.layer_switches", shard => shard.Congestion.LayerSwitches);
        Counter("mediaserver.media.layer_demand_changes", shard => shard.Congestion.LayerDemandChanges);
        Counter("mediaserver.media.slot_suspensions", shard => shard.Congestion.Suspensions);
        Counter("mediaserver.media.paced_packets", shard => shard.Congestion.PacedPackets);
        Counter("mediaserver.media.pacer_drops", shard => shard.Congestion.PacerDrops);
        Counter("mediaserver.media.probe_clusters", shard => shard.Congestion.ProbeClusters);
        Counter("mediaserver.media.transport_feedback_received", shard => shard.Congestion.FeedbackReceived);
        Gauge("mediaserver.media.suspended_slots", shard => shard.Congestion.SuspendedSlots);
        Gauge("mediaserver.media.estimates", shard => shard.Congestion.Estimates);
        Gauge("mediaserver.media.estimate_lowest", shard => shard.Congestion.LowestEstimate);
        Gauge("mediaserver.media.estimate_median", shard => shard.Congestion.MedianEstimate);
        _meter.CreateObservableGauge("mediaserver.media.mailbox_depth", () => PerShard(shard => shard.MailboxDepth));
        _meter.CreateObservableCounter("mediaserver.media.drops", Drops);
        _meter.CreateObservableCounter("mediaserver.media.relayed_packets", () => PerLink(link => link.Records));
        _meter.CreateObservableCounter("mediaserver.media.relayed_bytes", () => PerLink(link => link.Bytes));
        _meter.CreateObservableCounter("mediaserver.media.relay_ring_full", () => PerLink(link => link.Refused));
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, Func<MediaShard, long> read) => _meter.CreateObservableCounter(name, () => PerShard(read));

    private void Gauge(string name, Func<MediaShard, long> read) => _meter.CreateObservableGauge(name, () => PerShard(read));

    private IEnumerable<Measurement<long>> PerShard(Func<MediaShard, long> read) =>
        _shards.Select((shard, number) => new Measurement<long>(read(shard), new KeyValuePair<string, object?>("shard", number)));

    /// <summary>Dropped because the peer read too slowly, by traffic class.</summary>
    private IEnumerable<Measurement<long>> TcpDrops() => PerKind("class", counters =>
        [("control", counters.ControlDropped), ("audio", counters.AudioDropped), ("video", counters.VideoDropped)]);

    /// <summary>Closed by the server, by reason.</summary>
    private IEnumerable<Measurement<long>> TcpClosed() => PerKind("reason", counters =>
        [("too_many", counters.Refused), ("not_authenticated", counters.TimedOut), ("malformed", counters.Malformed)]);

    private IEnumerable<Measurement<long>> PerKind(string tag, Func<TcpCounters, (string Kind, long Count)[]> read) =>
        from number in Enumerable.Range(0, _shards.Length)
        where _shards[number].Connections is not null
        from measured in read(_shards[number].Connections!)
        select new Measurement<long>(measured.Count, new("shard", number), new(tag, measured.Kind));

    /// <summary>Links that have been used, by the shards at their ends.</summary>
    private IEnumerable<Measurement<long>> PerLink(Func<RelayLink, long> read) =>
        from sender in Enumerable.Range(0, _shards.Length)
        from receiver in Enumerable.Range(0, _shards.Length)
        let link = _shards[sender].Relays?.LinkTo(receiver)
        where link is { Records: > 0 }
        select new Measurement<long>(read(link), new("shard", sender), new("to", receiver));

    private IEnumerable<Measurement<long>> Drops() =>
        from number in Enumerable.Range(0, _shards.Length)
        from reason in Reasons
        let count = _shards[number].Dropped(reason)
        where count > 0
        select new Measurement<long>(count, new("shard", number), new("reason", reason.ToString()));
}
