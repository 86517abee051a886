using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding;

/// <summary>What every part of one router shares: the ways out, the rules and the counters.</summary>
internal sealed class RouterContext(
    MediaRouterOptions options,
    IEgress egress,
    IMediaEventSink events,
    Func<MonotonicTime, ulong> ntpNow,
    int seed)
{
    public MediaRouterOptions Options { get; } = options;

    public IEgress Egress { get; } = egress;

    public DropCounters Drops { get; } = new();

    /// <summary>Video frames whose end has not come yet.</summary>
    public HoldQueue Frames { get; } = new(options.FrameHold);

    /// <summary>Voices of large rooms that wait for the others'.</summary>
    public HoldQueue Voices { get; } = new(options.AudioHold);

    /// <summary>Seeded, so that a run can be replayed.</summary>
    public Random Random { get; } = new(seed);

    public void Emit(MediaEvent mediaEvent) => events.OnMediaEvent(mediaEvent);

    /// <summary>The server's wall clock as 32.32 NTP.</summary>
    public ulong NtpAt(MonotonicTime now) => ntpNow(now);
}
