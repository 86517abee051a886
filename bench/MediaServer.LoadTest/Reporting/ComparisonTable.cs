using System.Globalization;
using MediaServer.LoadTest.Scenarios;

namespace MediaServer.LoadTest.Reporting;

/// <summary>A comparison for people: a row per run, then the ratio.</summary>
internal static class ComparisonTable
{
    public static string Write(ComparisonResult comparison)
    {
        var rows = new List<IReadOnlyList<string>>
        {
            (string[])[comparison.Scenario, "packets out", "CPU s", "packets/CPU-s", "loss %", "transit p50", "p99", "p99.9 ms", "memory MiB"],
        };
        foreach (var run in comparison.Runs)
        {
            rows.Add(
            [
                run.Target, Text(run.PacketsOut, "#,0"), Text(run.ServerCpuSeconds, "0.00"), Text(run.PacketsPerCpuSecond, "#,0"), Text(run.LossRatio * 100, "0.0000"),
                Text(run.TransitMsP50, "0.00"), Text(run.TransitMsP99, "0.00"), Text(run.TransitMsP999, "0.00"), Text(run.ServerRssMiB, "0"),
            ]);
        }

        var ratio = comparison.RatioPacketsPerCpuSecond;
        var medians = string.Join(", ", comparison.MedianPacketsPerCpuSecond.Select(m => $"{m.Key} {Text(m.Value, "#,0")}"));
        return ResultTable.Layout(rows) + Environment.NewLine +
            $"median packets per CPU-second: {medians}{Environment.NewLine}" +
            $"{comparison.Targets[0]} / {comparison.Targets[1]}: {Text(ratio.Median, "0.0")} x (pairs: {Text(ratio.Min, "0.0")}-{Text(ratio.Max, "0.0")}){Environment.NewLine}" +
            string.Join(Environment.NewLine, comparison.Runs.DistinctBy(r => r.Target).Select(r => $"{r.Target}: {r.Setting}, {r.SrtpProfile}"));
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
