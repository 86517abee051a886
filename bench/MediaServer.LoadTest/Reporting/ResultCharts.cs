using MediaServer.LoadTest.Scenarios;

namespace MediaServer.LoadTest.Reporting;

/// <summary>Draws results into files, from comparisons and from series over the number of participants.</summary>
internal static class ResultCharts
{
    /// <summary>Bars of packets per CPU-second beside each other, a group per comparison.</summary>
    public static string Comparison(IReadOnlyList<ComparisonResult> comparisons) => SvgChart.Bars(
        "Packets forwarded per CPU-second",
        "median of the runs, with the least and the most; more is better",
        [.. comparisons.Select(c => (c.Scenario, (IReadOnlyList<(string, double, double, double)>)[.. c.Targets.Select(t => Bar(c, t))]))]);

    public static string Cost(IReadOnlyList<ScenarioResult> results) => SvgChart.Lines(
        $"What \"{results[0].Scenario}\" costs the server", "cores", "participants", Series(results, r => r.ServerCores));

    public static string Transit(IReadOnlyList<ScenarioResult> results) => SvgChart.Lines(
        $"How long a packet takes in \"{results[0].Scenario}\"", "milliseconds", "participants",
        [.. Series(results, r => r.TransitMsP50, " p50"), .. Series(results, r => r.TransitMsP99, " p99")]);

    public static string Memory(IReadOnlyList<ScenarioResult> results) => SvgChart.Lines(
        $"Memory of the server in \"{results[0].Scenario}\"", "MiB", "participants", Series(results, r => r.ServerRssMiB));

    public static async Task Save(string folder, string name, string svg, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, name + ".svg"), svg, cancellationToken);
    }

    private static (string, double, double, double) Bar(ComparisonResult comparison, string target)
    {
        var values = comparison.Runs.Where(r => r.Target == target).Select(r => r.PacketsPerCpuSecond).ToList();
        return (target, Quantiles.Median(values), values.Min(), values.Max());
    }

    private static List<ChartSeries> Series(IReadOnlyList<ScenarioResult> results, Func<ScenarioResult, double> value, string suffix = "") =>
        [.. results.GroupBy(r => r.Target).Select(g => new ChartSeries(g.Key + suffix, [.. g.OrderBy(r => r.Participants).Select(r => ((double)r.Participants, value(r)))]))];
}
