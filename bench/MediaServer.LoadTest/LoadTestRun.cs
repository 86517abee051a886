using System.CommandLine;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Scenarios;
using MediaServer.LoadTest.Signalling;
using MediaServer.LoadTest.Targets;
using MediaServer.LoadTest.Targets.Janus;
using static MediaServer.LoadTest.LoadTestArguments;

namespace MediaServer.LoadTest;

/// <summary>Runs scenarios against targets and reports. Everything that was started is ended again, also after Ctrl-C.</summary>
internal static class LoadTestRun
{
    private const int Failed = 1;
    private const int Cancelled = 130;

    /// <summary>One scenario, one target, once.</summary>
    public static Task<int> Single(ParseResult options, IScenario scenario, CancellationToken cancellationToken) => Guard(async progress =>
    {
        var name = options.GetValue(Target)!;
        await using var targets = await Factory(options, [name], options.GetValue(Namespace));
        var result = await Run(scenario, targets, name, scenario.Name, progress, cancellationToken);
        progress.End();
        await Console.Out.WriteLineAsync(options.GetValue(Json) ? ScenarioResult.ToJson(result) : ResultTable.Write([result]));
    });

    /// <summary>One scenario, two targets in turns; which of the two begins changes from pair to pair.</summary>
    public static Task<int> Compare(ParseResult options, IScenario scenario, CancellationToken cancellationToken) => Guard(async progress =>
    {
        var names = options.GetValue(ComparedTargets)!.Split(',');
        var pairs = options.GetValue(Pairs);
        await using var targets = await Factory(options, names, useNamespace: true);
        var results = new List<ScenarioResult>();
        for (var pair = 0; pair < pairs; pair++)
        {
            foreach (var name in pair % 2 == 0 ? names : names.Reverse())
            {
                results.Add(await Run(scenario, targets, name, $"{scenario.Name} {results.Count + 1}/{2 * pairs}, {name}", progress, cancellationToken));
            }
        }

        progress.End();
        var comparison = ComparisonResult.Of(names, results);
        await Console.Out.WriteLineAsync(options.GetValue(Json) ? ScenarioResult.ToJson(comparison) : ComparisonTable.Write(comparison));
    });

    /// <summary>One scenario with growing numbers of participants, a fresh server for each.</summary>
    public static Task<int> Scale(ParseResult options, Func<int, IScenario> scenarioOf, CancellationToken cancellationToken) => Guard(async progress =>
    {
        var name = options.GetValue(Target)!;
        await using var targets = await Factory(options, [name], options.GetValue(Namespace));
        var results = new List<ScenarioResult>();
        foreach (var size in ParseSizes(options.GetValue(Sizes)!)!)
        {
            var scenario = scenarioOf(size);
            results.Add(await Run(scenario, targets, name, $"{scenario.Name} with {size}, {name}", progress, cancellationToken));
        }

        progress.End();
        var series = new SeriesResult { Scenario = results[0].Scenario, Runs = results };
        await Console.Out.WriteLineAsync(options.GetValue(Json) ? ScenarioResult.ToJson(series) : ResultTable.Write(results));
    });

    /// <summary>Draws what <c>--json</c> wrote before: comparisons together as bars, each series as lines.</summary>
    public static Task<int> Chart(ParseResult options, CancellationToken cancellationToken) => Guard(async progress =>
    {
        var comparisons = new List<ComparisonResult>();
        var folder = options.GetValue(ChartFolder)!;
        foreach (var file in options.GetValue(ChartFiles)!)
        {
            var json = await File.ReadAllTextAsync(file, cancellationToken);
            if (json.Contains("\"ratioPacketsPerCpuSecond\"", StringComparison.Ordinal))
            {
                comparisons.Add(ScenarioResult.FromJson<ComparisonResult>(json));
                continue;
            }

            var series = ScenarioResult.FromJson<SeriesResult>(json);
            await ResultCharts.Save(folder, $"{series.Scenario}-cost", ResultCharts.Cost(series.Runs), cancellationToken);
            await ResultCharts.Save(folder, $"{series.Scenario}-transit", ResultCharts.Transit(series.Runs), cancellationToken);
            await ResultCharts.Save(folder, $"{series.Scenario}-memory", ResultCharts.Memory(series.Runs), cancellationToken);
        }

        if (comparisons.Count > 0)
        {
            await ResultCharts.Save(folder, "comparison", ResultCharts.Comparison(comparisons), cancellationToken);
        }
    });

    private static async Task<ScenarioResult> Run(
        IScenario scenario, TargetFactory targets, string name, string title, ProgressBar progress, CancellationToken cancellationToken)
    {
        progress.Begin(title);
        progress.Report("starting", 0, 1);
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? bug = null;
        await using var target = targets.Create(name, exception =>
        {
            bug = exception;
            failure.Cancel();
        });
        try
        {
            await target.Start(failure.Token);
            return await scenario.Run(target, progress, failure.Token);
        }
        catch (OperationCanceledException) when (bug is not null)
        {
            throw new InvalidOperationException("The load generator has failed.", bug);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && target.Output.Trim() is { Length: > 0 } output)
        {
            await Console.Error.WriteLineAsync($"{name} has said:{Environment.NewLine}{output}");
            throw;
        }
    }

    private static async Task<TargetFactory> Factory(ParseResult options, IReadOnlyCollection<string> names, bool useNamespace)
    {
        var assembly = options.GetValue(Server) ?? MediaServerProcess.FindAssembly();
        if (names.Contains(TargetFactory.MediaServerName) && !File.Exists(assembly))
        {
            throw new InvalidOperationException(
                $"There is no server to test{(assembly is null ? string.Empty : $" at {assembly}")}. Build it (dotnet build src/MediaServer.Server -c Release) or name it by --server.");
        }

        var server = new MediaServerSettings(Path.GetFullPath(assembly ?? "."), options.GetValue(Shards), options.GetValue(ServerArguments) ?? []);
        var feedback = options.GetValue(NoFeedback) ? 0 : options.GetValue(FeedbackMilliseconds);
        return await TargetFactory.Create(new TargetSettings(server, feedback), names, useNamespace, Console.Error.WriteLine);
    }

    /// <summary>What can go wrong outside of this program deserves a sentence, not a stack trace.</summary>
    private static async Task<int> Guard(Func<ProgressBar, Task> run)
    {
        var progress = ProgressBar.OnStandardError();
        try
        {
            await run(progress);
            return 0;
        }
        catch (OperationCanceledException)
        {
            progress.End();
            await Console.Error.WriteLineAsync("Cancelled.");
            return Cancelled;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or TimeoutException or HttpRequestException or System.ComponentModel.Win32Exception
            or System.Net.WebSockets.WebSocketException or RefusedException or JanusException or System.Text.Json.JsonException)
        {
            progress.End();
            await Console.Error.WriteLineAsync($"The load test failed: {exception.Message}{(exception.InnerException is { } inner ? $" ({inner})" : string.Empty)}");
            return Failed;
        }
    }
}
