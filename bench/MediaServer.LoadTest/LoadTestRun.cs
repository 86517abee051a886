using System.CommandLine;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Scenarios;
using MediaServer.LoadTest.Targets;
using static MediaServer.LoadTest.LoadTestArguments;

namespace MediaServer.LoadTest;

/// <summary>Runs scenarios against targets and reports. Everything that was started is ended again, also after Ctrl-C.</summary>
internal static class LoadTestRun
{
    private const int Failed = 1;
    private const int Cancelled = 130;

    public static Task<int> Single(ParseResult options, IScenario scenario, CancellationToken cancellationToken) => Guard(async progress =>
    {
        var result = await Run(options, scenario, options.GetValue(Target)!, progress, cancellationToken);
        progress.End();
        await Console.Out.WriteLineAsync(options.GetValue(Json) ? ScenarioResult.ToJson(result) : ResultTable.Write([result]));
        return 0;
    });

    private static async Task<ScenarioResult> Run(ParseResult options, IScenario scenario, string targetName, ProgressBar progress, CancellationToken cancellationToken)
    {
        progress.Begin($"{scenario.Name}, {targetName}");
        progress.Report("starting", 0, 1);
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? bug = null;
        await using var target = TargetOf(options, exception =>
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
    }

    private static MediaServerTarget TargetOf(ParseResult options, Action<Exception> onFailure)
    {
        var assembly = options.GetValue(Server) ?? MediaServerProcess.FindAssembly();
        if (assembly is null || !File.Exists(assembly))
        {
            throw new InvalidOperationException(
                $"There is no server to test{(assembly is null ? string.Empty : $" at {assembly}")}. Build it (dotnet build src/MediaServer.Server -c Release) or name it by --server.");
        }

        var settings = new MediaServerSettings(Path.GetFullPath(assembly), options.GetValue(Shards), options.GetValue(ServerArguments) ?? []);
        return new MediaServerTarget(settings, TargetNetwork.Loopback, options.GetValue(NoFeedback) ? 0 : options.GetValue(FeedbackMilliseconds), onFailure);
    }

    /// <summary>What can go wrong outside of this program deserves a sentence, not a stack trace.</summary>
    private static async Task<int> Guard(Func<ProgressBar, Task<int>> run)
    {
        var progress = ProgressBar.OnStandardError();
        try
        {
            return await run(progress);
        }
        catch (OperationCanceledException)
        {
            progress.End();
            await Console.Error.WriteLineAsync("Cancelled.");
            return Cancelled;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or TimeoutException or HttpRequestException or System.ComponentModel.Win32Exception
            or System.Net.WebSockets.WebSocketException or Signalling.RefusedException)
        {
            progress.End();
            await Console.Error.WriteLineAsync($"The load test failed: {exception.Message}{(exception.InnerException is { } inner ? $" ({inner})" : string.Empty)}");
            return Failed;
        }
    }
}
