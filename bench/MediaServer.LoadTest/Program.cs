using System.CommandLine;
using MediaServer.LoadTest;
using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Scenarios;
using static MediaServer.LoadTest.LoadTestArguments;

var root = new RootCommand("Virtual participants against a media server: what a packet costs, how long it takes, what is lost.");
root.Subcommands.Add(ScenarioCommand("fanout", "One publisher of video, many subscribers.", FanoutOf, Subscribers, Kbps, Fps, PacketBytes, Pacing));
root.Subcommands.Add(ScenarioCommand("audio", "Three speakers, many listeners.", AudioOf, Listeners, AudioBytes));

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        await Console.Error.WriteLineAsync(error.Message);
    }

    await Console.Error.WriteLineAsync("--help lists what there is.");
    return 2;
}

return await parsed.InvokeAsync();

static IScenario FanoutOf(ParseResult o) => new FanoutScenario(o.GetValue(Subscribers), ShapeOf(o), o.GetValue(ParallelJoins), o.GetValue(Warmup), o.GetValue(Seconds));

static IScenario AudioOf(ParseResult o) => new AudioScenario(o.GetValue(Listeners), o.GetValue(AudioBytes), o.GetValue(ParallelJoins), o.GetValue(Warmup), o.GetValue(Seconds));

static VideoShape ShapeOf(ParseResult o) => new(o.GetValue(Kbps), o.GetValue(Fps), o.GetValue(PacketBytes), o.GetValue(Pacing));

static Command ScenarioCommand(string name, string description, Func<ParseResult, IScenario> scenarioOf, params Option[] options)
{
    var command = new Command(name, description);
    foreach (var option in (Option[])[.. options, .. Common])
    {
        command.Options.Add(option);
    }

    command.SetAction((result, cancellationToken) => LoadTestRun.Single(result, scenarioOf(result), cancellationToken));
    return command;
}
