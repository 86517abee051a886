using System.Net.Http.Headers;

namespace MediaServer.LoadTest.Targets;

/// <summary>Reads the server's own metrics: pauses of its garbage collector, collections, allocation.</summary>
internal sealed class MetricsProbe(Uri server, string token) : IRuntimeProbe, IAsyncDisposable
{
    /// <summary>The server's gauge shows the longest pause of 30 s; looking more often sees every one.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new() { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
    private CancellationTokenSource? _stop;
    private Task _watching = Task.CompletedTask;
    private PrometheusText _first = new(string.Empty);
    private double _longest;

    public async Task Begin(CancellationToken cancellationToken)
    {
        _stop = new CancellationTokenSource();
        _longest = 0;
        _first = await Scrape(cancellationToken);
        _watching = Watch(_stop.Token);
    }

    public async Task<RuntimeFigures> End(CancellationToken cancellationToken)
    {
        await StopWatching();
        var last = await Scrape(cancellationToken);
        _longest = Math.Max(_longest, Gauge(last));

        // The gauge looks back beyond the window; the histogram does not, but is coarse. Together they bound the longest pause of the window.
        var bound = LongestBucket(_first, last);
        return new RuntimeFigures(
            Math.Min(_longest, bound) * 1000,
            (long)Grown(last, "dotnet_gc_collections_total", "gc_heap_generation=\"gen2\""),
            (long)Grown(last, "mediaserver_gc_blocking_gen2_total", string.Empty),
            (long)Grown(last, "dotnet_gc_heap_total_allocated_bytes_total", string.Empty));
    }

    public async ValueTask DisposeAsync()
    {
        await StopWatching();
        _http.Dispose();
    }

    /// <summary>The upper bound of the highest bucket that has grown, 0 when none has.</summary>
    internal static double LongestBucket(PrometheusText first, PrometheusText last)
    {
        const string name = "mediaserver_gc_pause_seconds";
        var before = first.Buckets(name).ToDictionary(b => b.UpperBound, b => b.Count);
        var longest = 0.0;
        var below = 0.0;
        foreach (var (bound, count) in last.Buckets(name))
        {
            var grown = count - before.GetValueOrDefault(bound);
            longest = grown > below ? bound : longest;
            below = grown;
        }

        return longest;
    }

    private static double Gauge(PrometheusText scrape) => scrape.Sum("mediaserver_gc_longest_pause_seconds");

    private double Grown(PrometheusText last, string name, string label) => last.Sum(name, label) - _first.Sum(name, label);

    private async Task<PrometheusText> Scrape(CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(server, "/metrics"), cancellationToken);
        response.EnsureSuccessStatusCode();
        return new PrometheusText(await response.Content.ReadAsStringAsync(cancellationToken));
    }

    private async Task Watch(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                _longest = Math.Max(_longest, Gauge(await Scrape(cancellationToken)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
        {
            // The end of the window, or of the server; the last scrape tells which.
        }
    }

    private async Task StopWatching()
    {
        if (_stop is { } stop)
        {
            _stop = null;
            await stop.CancelAsync();
            await _watching;
            stop.Dispose();
        }
    }
}
