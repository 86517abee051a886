using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Scenarios;
using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Tests;

/// <summary>Runs where Debian's janus is installed and namespaces can be made; shown as skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JanusFactAttribute : FactAttribute
{
    public JanusFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/janus"))
        {
            Skip = "needs root and the package janus";
        }
    }
}

/// <summary>The same participants against Janus, in a network namespace that is gone afterwards.</summary>
public sealed class JanusRunTests
{
    [JanusFact]
    public async Task Both_servers_run_in_the_namespace_and_deliver_the_same()
    {
        var assembly = MediaServerProcess.FindAssembly()!;
        var settings = new TargetSettings(new MediaServerSettings(assembly, 1, []), 100);
        var results = new List<ScenarioResult>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        string[] names = [TargetFactory.MediaServerName, TargetFactory.JanusName];
        await using (var factory = await TargetFactory.Create(settings, names, useNamespace: true, _ => { }))
        {
            foreach (var name in names)
            {
                await using var target = factory.Create(name, exception => Assert.Fail($"the engine failed: {exception}"));
                await target.Start(patience.Token);
                var scenario = new MeetingScenario(12, new LessonMedia(120, new VideoShape(300, 15)), 4, 1, 2);
                results.Add(await scenario.Run(target, new ProgressBar(TextWriter.Null, interactive: false, 80), patience.Token));
            }
        }

        Assert.All(results, result =>
        {
            Assert.Equal(0, result.SilentStreams);
            Assert.Equal(0, result.DecryptFailures);
            Assert.Equal("AeadAes128Gcm", result.SrtpProfile);
            Assert.True(result.TrackedPackets > 50);
        });
        Assert.InRange((double)results[0].PacketsOut / results[1].PacketsOut, 0.5, 2);
        var (_, left) = await Shell.TryRun("ip", "netns", "list");
        Assert.DoesNotContain($"mediaserver-load-{Environment.ProcessId}", left, StringComparison.Ordinal);
    }
}
