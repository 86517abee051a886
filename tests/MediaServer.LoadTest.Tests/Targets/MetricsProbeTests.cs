using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Tests.Targets;

public sealed class MetricsProbeTests
{
    private const string First = """
        # TYPE mediaserver_gc_pause_seconds histogram
        mediaserver_gc_pause_seconds_bucket{otel_scope_name="x",le="0.001"} 4
        mediaserver_gc_pause_seconds_bucket{otel_scope_name="x",le="0.002"} 5
        mediaserver_gc_pause_seconds_bucket{otel_scope_name="x",le="0.5"} 6
        mediaserver_gc_pause_seconds_bucket{otel_scope_name="x",le="+Inf"} 6
        dotnet_gc_collections_total{gc_heap_generation="gen2"} 3
        dotnet_gc_collections_total{gc_heap_generation="gen0"} 100
        plain 1.5
        """;

    [Fact]
    public void Samples_are_added_up_by_name_and_label()
    {
        var scrape = new PrometheusText(First);
        Assert.Equal(3, scrape.Sum("dotnet_gc_collections_total", "gc_heap_generation=\"gen2\""));
        Assert.Equal(103, scrape.Sum("dotnet_gc_collections_total"));
        Assert.Equal(1.5, scrape.Sum("plain"));
        Assert.Equal(0, scrape.Sum("missing"));
        Assert.Equal([(0.001, 4), (0.002, 5), (0.5, 6), (double.PositiveInfinity, 6)], scrape.Buckets("mediaserver_gc_pause_seconds"));
    }

    [Fact]
    public void The_longest_pause_of_the_window_is_in_the_highest_bucket_that_grew()
    {
        var later = First.Replace("le=\"0.002\"} 5", "le=\"0.002\"} 7", StringComparison.Ordinal)
            .Replace("le=\"0.5\"} 6", "le=\"0.5\"} 8", StringComparison.Ordinal).Replace("le=\"+Inf\"} 6", "le=\"+Inf\"} 8", StringComparison.Ordinal);

        // Pauses of before, however long, do not count.
        Assert.Equal(0.002, MetricsProbe.LongestBucket(new PrometheusText(First), new PrometheusText(later)));
        Assert.Equal(0, MetricsProbe.LongestBucket(new PrometheusText(First), new PrometheusText(First)));
    }
}
