namespace MediaServer.LoadTest.Scenarios;

/// <param name="Median">Of all pairs.</param>
/// <param name="Min">The worst pair.</param>
/// <param name="Max">The best pair.</param>
internal sealed record RatioRange(double Median, double Min, double Max);

/// <summary>Two targets in turns: each pair of neighbouring runs shares the machine's mood, so the ratio is taken pair by pair.</summary>
internal sealed record ComparisonResult
{
    public required string Scenario { get; init; }

    /// <summary>The first is compared with the second.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    public required RatioRange RatioPacketsPerCpuSecond { get; init; }

    /// <summary>By target.</summary>
    public required IReadOnlyDictionary<string, double> MedianPacketsPerCpuSecond { get; init; }

    /// <summary>In the order in which they ran.</summary>
    public required IReadOnlyList<ScenarioResult> Runs { get; init; }

    /// <param name="targets">Two different ones.</param>
    /// <param name="runs">Pairs of neighbours, each with one run of either target in any order.</param>
    public static ComparisonResult Of(IReadOnlyList<string> targets, IReadOnlyList<ScenarioResult> runs)
    {
        var ratios = runs.Chunk(2).Select(pair => Of(pair, targets[0]).PacketsPerCpuSecond / Of(pair, targets[1]).PacketsPerCpuSecond).ToList();
        return new ComparisonResult
        {
            Scenario = runs[0].Scenario,
            Targets = targets,
            RatioPacketsPerCpuSecond = new RatioRange(Quantiles.Median(ratios), ratios.Min(), ratios.Max()),
            MedianPacketsPerCpuSecond = targets.ToDictionary(t => t, t => Quantiles.Median(runs.Where(r => r.Target == t).Select(r => r.PacketsPerCpuSecond))),
            Runs = runs,
        };
    }

    private static ScenarioResult Of(IEnumerable<ScenarioResult> pair, string target) => pair.Single(r => r.Target == target);
}
