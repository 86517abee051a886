using System.CommandLine;
using MediaServer.LoadTest;
using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Scenarios;
using static MediaServer.LoadTest.LoadTestArguments;

var root = new RootCommand("Virtual participants against a media server: what a packet costs, how long it takes, what is lost.");
Option[] fanoutOptions = [Subscribers, Kbps, Fps, PacketBytes, Pacing];
Option[] audioOptions = [Listeners, AudioBytes];
AddScenario("fanout", "One publisher of video, many subscribers.", FanoutOf, fanoutOptions);
AddScenario("audio", "Three speakers, many listeners.", AudioOf, audioOptions);
Option[] lessonOptions = [Kbps, Fps, PacketBytes, Pacing, AudioBytes];
AddScenario("meeting", "A large meeting with three speakers and a presenter, held for a while.", MeetingOf, [Participants, Hold, .. lessonOptions]);
AddScenario("join", "Many joins at once beside a call.", JoinOf, [Joiners, Audience, ParallelStorm, .. lessonOptions]);
AddScenario("flood", "Garbage, spoofed, wrong and replayed packets beside a call.", FloodOf, [Audience, FloodRate, .. lessonOptions]);
AddCommand(
    "compare",
    "One scenario against two servers in turns, each in the same network namespace.",
    (options, cancellationToken) => LoadTestRun.Compare(options, ChosenOf(options, null), cancellationToken),
    [Scenario, ComparedTargets, Pairs, Subscribers, Listeners, Participants, Hold, .. lessonOptions]);
AddCommand(
    "scale",
    "One scenario with growing numbers of participants.",
    (options, cancellationToken) => LoadTestRun.Scale(options, size => ChosenOf(options, size), cancellationToken),
    [Scenario, Sizes, Target, Namespace, Hold, .. lessonOptions]);
var chart = new Command("chart", "Draws results of compare and scale as SVG.") { Arguments = { ChartFiles }, Options = { ChartFolder } };
chart.SetAction(LoadTestRun.Chart);
root.Subcommands.Add(chart);

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

// Ctrl-C cancels; whatever was started is then ended in order, however long that takes.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });

static IScenario FanoutOf(ParseResult o) => new FanoutScenario(o.GetValue(Subscribers), ShapeOf(o), o.GetValue(ParallelJoins), o.GetValue(Warmup), o.GetValue(Seconds));

static IScenario AudioOf(ParseResult o) => new AudioScenario(o.GetValue(Listeners), o.GetValue(AudioBytes), o.GetValue(ParallelJoins), o.GetValue(Warmup), o.GetValue(Seconds));

static IScenario MeetingOf(ParseResult o) => new MeetingScenario(o.GetValue(Participants), MediaOf(o), o.GetValue(ParallelJoins), o.GetValue(Warmup), o.GetValue(Hold));

static IScenario JoinOf(ParseResult o) => new JoinScenario(o.GetValue(Joiners), o.GetValue(Audience), MediaOf(o), o.GetValue(ParallelStorm), o.GetValue(Warmup));

static IScenario FloodOf(ParseResult o) =>
    new FloodScenario(o.GetValue(Audience), MediaOf(o), o.GetValue(FloodRate), o.GetValue(ParallelJoins), o.GetValue(Warmup), o.GetValue(Seconds));

static IScenario ChosenOf(ParseResult o, int? size) => o.GetValue(Scenario) switch
{
    "audio" => new AudioScenario(size - AudioScenario.Speakers ?? o.GetValue(Listeners), o.GetValue(AudioBytes), o.GetValue(ParallelJoins), o.GetValue(Warmup), o.GetValue(Seconds)),
    "meeting" => new MeetingScenario(size ?? o.GetValue(Participants), MediaOf(o), o.GetValue(ParallelJoins), o.GetValue(Warmup), o.GetValue(Hold)),
    _ => new FanoutScenario(size - 1 ?? o.GetValue(Subscribers), ShapeOf(o), o.GetValue(ParallelJoins), o.GetValue(Warmup), o.GetValue(Seconds)),
};

static LessonMedia MediaOf(ParseResult o) => new(o.GetValue(AudioBytes), ShapeOf(o));

static VideoShape ShapeOf(ParseResult o) => new(o.GetValue(Kbps), o.GetValue(Fps), o.GetValue(PacketBytes), o.GetValue(Pacing));

void AddScenario(string name, string description, Func<ParseResult, IScenario> scenarioOf, Option[] options) =>
    AddCommand(name, description, (parsed, cancellationToken) => LoadTestRun.Single(parsed, scenarioOf(parsed), cancellationToken), [Target, Namespace, .. options]);

void AddCommand(string name, string description, Func<ParseResult, CancellationToken, Task<int>> run, Option[] options)
{
    var command = new Command(name, description);
    foreach (var option in (Option[])[.. options, .. Common])
    {
        command.Options.Add(option);
    }

    command.SetAction(run);
    root.Subcommands.Add(command);
}
