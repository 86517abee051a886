using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;

namespace MediaServer.Server.Observability;

/// <summary>
/// Times each pause of the garbage collector from the runtime's own events, because the runtime's meter has only their sum, and a call feels the
/// longest one. The meter "MediaServer.Runtime".
/// </summary>
internal sealed class GarbageCollectionPauses : IHostedService, IDisposable
{
    private readonly Meter _meter = new("MediaServer.Runtime");
    private readonly LongestPause _longest = new();
    private readonly Histogram<double> _pauses;
    private readonly Counter<long> _blocking;
    private readonly TimeProvider _time;
    private Listener? _listener;

    public GarbageCollectionPauses(TimeProvider time)
    {
        _time = time;
        _pauses = _meter.CreateHistogram(
            "mediaserver.gc.pause",
            "s",
            "Pauses of the garbage collector, in which no managed thread runs",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.0002, 0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5] });
        _blocking = _meter.CreateCounter<long>("mediaserver.gc.blocking_gen2", null, "Full collections that stopped everything until they were done");
        _meter.CreateObservableGauge("mediaserver.gc.longest_pause", () => _longest.Within(Seconds), "s", "The longest pause of the last 30 seconds");
    }

    private long Seconds => _time.GetUtcNow().ToUnixTimeSeconds();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = new Listener(this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _listener?.Dispose();
        _listener = null;
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _meter.Dispose();
    }

    private void OnPause(TimeSpan pause)
    {
        _pauses.Record(pause.TotalSeconds);
        _longest.Add(pause.TotalSeconds, Seconds);
    }

    /// <summary>
    /// GC keyword of Microsoft-Windows-DotNETRuntime (docs: garbage-collection-etw-events): a pause is what lies between the begin of a suspension
    /// for the collector and the end of the restart.
    /// </summary>
    private sealed class Listener(GarbageCollectionPauses owner) : EventListener
    {
        private const EventKeywords GarbageCollection = (EventKeywords)1;
        private const int GcStart = 1;
        private const int RestartEnd = 3;
        private const int SuspendBegin = 9;
        private const uint SuspendForGc = 1;
        private const uint SuspendForGcPreparation = 6;
        private const uint BackgroundCollection = 1;
        private const uint Generation2 = 2;
        private DateTime? _suspendedAt;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            {
                EnableEvents(eventSource, EventLevel.Informational, GarbageCollection);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            switch (eventData.EventId)
            {
                case SuspendBegin:
                    _suspendedAt = IsForCollector(eventData.Payload) ? eventData.TimeStamp : null;
                    break;
                case RestartEnd when _suspendedAt is { } begin:
                    _suspendedAt = null;
                    owner.OnPause(eventData.TimeStamp - begin);
                    break;
                case GcStart when IsBlockingGeneration2(eventData.Payload):
                    owner._blocking.Add(1);
                    break;
            }
        }

        /// <summary>GCSuspendEEBegin_V1: reason, count.</summary>
        private static bool IsForCollector(IReadOnlyList<object?>? payload) => payload is [SuspendForGc or SuspendForGcPreparation, ..];

        /// <summary>GCStart_V2: count, depth, reason, type.</summary>
        private static bool IsBlockingGeneration2(IReadOnlyList<object?>? payload) => payload is [_, Generation2, _, not BackgroundCollection, ..];
    }
}
