using MediaServer.Forwarding.Allocation;
using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Relays;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding;

/// <summary>What every part of one router shares: the ways out, the rules and the counters.</summary>
internal sealed class RouterContext
{
    private readonly IMediaEventSink _events;
    private readonly Func<MonotonicTime, ulong> _ntpNow;

    public RouterContext(MediaRouterOptions options, IEgress egress, IMediaEventSink events, Func<MonotonicTime, ulong> ntpNow, int seed)
    {
        _events = events;
        _ntpNow = ntpNow;
        Options = options;
        Egress = egress;
        Random = new Random(seed);
        Frames = new HoldQueue(options.FrameHold);
        Voices = new HoldQueue(options.AudioHold);
        Exports = new RelayExports(this);
        Imports = new RelayImports(this);
    }

    public MediaRouterOptions Options { get; }

    public IEgress Egress { get; }

    public DropCounters Drops { get; } = new();

    public CongestionCounters Congestion { get; } = new();

    /// <summary>Room for one subscriber's allocation, used by one transport at a time.</summary>
    public SlotDemand[] Demands { get; } = new SlotDemand[BandwidthAllocator.MaxSlots];

    public int[] AllocatedLayers { get; } = new int[BandwidthAllocator.MaxSlots];

    /// <summary>Video frames whose end has not come yet.</summary>
    public HoldQueue Frames { get; }

    /// <summary>Voices of large rooms that wait for the others'.</summary>
    public HoldQueue Voices { get; }

    /// <summary>Seeded, so that a run can be replayed.</summary>
    public Random Random { get; }

    /// <summary>This router's number among those that are joined by relays.</summary>
    public int Shard { get; set; }

    /// <summary>The ways to the other routers; none when this one is alone.</summary>
    public IRelayLinks? Links { get; set; }

    /// <summary>This router's publications that others want.</summary>
    public RelayExports Exports { get; }

    /// <summary>Others' publications that this router wants.</summary>
    public RelayImports Imports { get; }

    public void Emit(MediaEvent mediaEvent) => _events.OnMediaEvent(mediaEvent);

    /// <summary>The server's wall clock as 32.32 NTP.</summary>
    public ulong NtpAt(MonotonicTime now) => _ntpNow(now);

    /// <summary>The way to <paramref name="shard"/>; null when there is no such other router.</summary>
    public IRelayLink? LinkTo(int shard) =>
        Links is { } links && shard != Shard && (uint)shard < (uint)links.Count ? links.To(shard) : null;
}
