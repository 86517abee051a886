using System.Globalization;
using System.Text;
using MediaServer.LoadTest.Scenarios;

namespace MediaServer.LoadTest.Reporting;

/// <summary>Results for people: a row per figure, a column per run.</summary>
internal static class ResultTable
{
    private static readonly (string Name, Func<ScenarioResult, string> Value)[] Rows =
    [
        ("participants", r => Text(r.Participants, "0")),
        ("seconds measured", r => Text(r.Seconds, "0.0")),
        ("packets in", r => Text(r.PacketsIn, "#,0")),
        ("packets out", r => Text(r.PacketsOut, "#,0")),
        ("server CPU seconds", r => Text(r.ServerCpuSeconds, "0.00")),
        ("server cores", r => Text(r.ServerCores, "0.00")),
        ("packets per CPU-second", r => Text(r.PacketsPerCpuSecond, "#,0")),
        ("loss", r => Text(r.LossRatio * 100, "0.0000") + " %"),
        ("silent streams", r => Text(r.SilentStreams, "0")),
        ("transit p50 / p99 / p99.9", r => $"{Text(r.TransitMsP50, "0.00")} / {Text(r.TransitMsP99, "0.00")} / {Text(r.TransitMsP999, "0.00")} ms"),
        ("join p50 / p99", r => $"{Text(r.JoinMsP50, "0")} / {Text(r.JoinMsP99, "0")} ms"),
        ("all joined after", r => Text(r.JoinSecondsTotal, "0.0") + " s"),
        ("server memory", r => Text(r.ServerRssMiB, "0") + " MiB"),
        ("longest GC pause", r => r.GcPauseMsMax is { } pause ? Text(pause, "0.00") + " ms" : "-"),
        ("gen2 (blocking)", r => r.Gen2Collections is { } all ? $"{all} ({r.BlockingGen2Collections})" : "-"),
        ("key frames / requests", r => $"{r.KeyFrames} / {r.KeyFrameRequests}"),
        ("verified / faults", r => $"{Text(r.TrackedPackets, "#,0")} / {r.TrackedFaults}"),
        ("lost participants", r => Text(r.LostParticipants, "0")),
        ("generator CPU / lag", r => $"{Text(r.GeneratorCpuSeconds, "0.0")} s / {Text(r.GeneratorLagMsMax, "0.0")} ms"),
        ("SRTP", r => r.SrtpProfile ?? "-"),
        ("setting", r => r.Setting),
    ];

    public static string Write(IReadOnlyList<ScenarioResult> results)
    {
        var cells = Rows.Select(row => (IReadOnlyList<string>)[row.Name, .. results.Select(row.Value)]).ToList();
        cells.Insert(0, [results[0].Scenario, .. results.Select(r => r.Target)]);
        foreach (var name in results.SelectMany(r => r.Extras.Keys).Distinct().Order())
        {
            cells.Add([name, .. results.Select(r => r.Extras.TryGetValue(name, out var value) ? Text(value, "#,0.##") : "-")]);
        }

        foreach (var name in results.SelectMany(r => r.ServerThreads.Keys).Distinct())
        {
            cells.Add([$"CPU of \"{name}\"", .. results.Select(r => r.ServerThreads.TryGetValue(name, out var value) ? Text(value, "0.00") + " s" : "-")]);
        }

        return Layout(cells);
    }

    /// <summary>Columns as wide as their widest cell; the first to the left, the others to the right.</summary>
    internal static string Layout(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = Enumerable.Range(0, rows.Max(r => r.Count)).Select(c => rows.Max(r => c < r.Count ? r[c].Length : 0)).ToList();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var line = string.Join("  ", row.Select((cell, c) => c == 0 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])));
            text.AppendLine(line.TrimEnd());
        }

        return text.ToString();
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
