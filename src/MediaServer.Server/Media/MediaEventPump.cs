using MediaServer.Forwarding.Commands;
using MediaServer.Server.Grains;
using Orleans.Concurrency;

namespace MediaServer.Server.Media;

/// <summary>Carries the shards' events to the meetings' grains, in order per meeting, several at a time.</summary>
internal sealed partial class MediaEventPump(MediaPlane.MediaPlane plane, MediaPlaneGateway gateway, IGrainFactory grains, ILogger<MediaEventPump> logger) : BackgroundService
{
    private const int MaxBatch = 512;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batches = new Dictionary<string, List<MediaEvent>>();
        while (await plane.Events.WaitToReadAsync(stoppingToken))
        {
            batches.Clear();
            for (var count = 0; count < MaxBatch && plane.Events.TryRead(out var mediaEvent); count++)
            {
                if (gateway.MeetingOf(mediaEvent) is { } code)
                {
                    (batches.TryGetValue(code, out var batch) ? batch : batches[code] = []).Add(mediaEvent);
                }
            }

            await Task.WhenAll(batches.Select(b => Deliver(b.Key, b.Value)));
        }
    }

    private async Task Deliver(string code, IReadOnlyList<MediaEvent> events)
    {
        try
        {
            await grains.GetGrain<IMeetingGrain>(code).OnMediaEvents(events.AsImmutable());
        }
        catch (Exception exception)
        {
            LogDeliveryFailed(exception, events.Count);
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "{Count} media events could not be delivered to their meeting")]
    private partial void LogDeliveryFailed(Exception exception, int count);
}
