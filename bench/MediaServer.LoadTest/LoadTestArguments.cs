using System.CommandLine;

namespace MediaServer.LoadTest;

/// <summary>The command line: a command per scenario, options that several share.</summary>
internal static class LoadTestArguments
{
    public static readonly Option<string> Target = Choice("--target", "The server under test.", "mediaserver", "mediaserver", "janus");
    public static readonly Option<string> Scenario = Choice("--scenario", "What to run.", "fanout", "fanout", "audio", "meeting");
    public static readonly Option<string> ComparedTargets = Choice("--targets", "The first is compared with the second.", "mediaserver,janus", "mediaserver,janus", "janus,mediaserver");
    public static readonly Option<int> Pairs = Number("--pairs", "How often both targets run.", 5, 1, 100);
    public static readonly Option<bool> Namespace = new("--namespace") { Description = "Run the server in a network namespace of its own, as a comparison with Janus does." };
    public static readonly Option<bool> Json = new("--json") { Description = "One JSON object on standard output instead of the table." };
    public static readonly Option<int> Shards = Number("--shards", "MediaServer's media threads.", 1, 1, 64);
    public static readonly Option<string?> Server = new("--server") { Description = "MediaServer.Server.dll to run; by default the Release build of this working tree." };
    public static readonly Option<string[]> ServerArguments = new("--server-arg") { Description = "A further argument for MediaServer; may be given several times." };
    public static readonly Option<bool> NoFeedback = new("--no-feedback") { Description = "Receivers negotiate no transport-cc and send no feedback packets." };
    public static readonly Option<int> FeedbackMilliseconds = Number("--feedback-ms", "Time between two transport-cc feedback packets of a receiver.", 100, 20, 1000);
    public static readonly Option<int> Seconds = Number("--seconds", "How long to measure.", 10, 1, 86_400);
    public static readonly Option<int> Warmup = Number("--warmup", "Seconds between the last join and the measured window.", 10, 0, 600);
    public static readonly Option<int> ParallelJoins = Number("--parallel", "Joins at a time.", 16, 1, 100_000);
    public static readonly Option<int> Subscribers = Number("--subscribers", "Who watches.", 200, 1, 20_000);
    public static readonly Option<int> Listeners = Number("--listeners", "Who listens.", 200, 1, 20_000);
    public static readonly Option<int> Kbps = Number("--kbps", "Video bitrate in kbit/s.", 1500, 50, 50_000);
    public static readonly Option<int> Fps = Number("--fps", "Video frames per second.", 30, 1, 120);
    public static readonly Option<int> PacketBytes = Number("--packet-bytes", "RTP payload of a video packet.", 1200, 60, 1200);
    public static readonly Option<int> Pacing = Number("--pacing-ms", "Over how long a frame's packets are spread; 0 sends them together.", 0, 0, 100);
    public static readonly Option<int> AudioBytes = Number("--audio-bytes", "RTP payload of an audio packet.", 120, 40, 1000);

    public static readonly Option<int> Participants = Number("--participants", "Everybody: three speakers, a presenter, and the rest.", 2000, 5, 60_000);
    public static readonly Option<int> Hold = Number("--hold", "For how many seconds the meeting is held and measured.", 120, 1, 86_400);
    public static readonly Option<int> Joiners = Number("--joiners", "How many join at once.", 2000, 1, 60_000);
    public static readonly Option<int> ParallelStorm = Number("--at-once", "Joins at a time.", 60_000, 1, 60_000);
    public static readonly Option<int> Audience = Number("--audience", "Receivers of the call that is there before.", 50, 1, 10_000);
    public static readonly Option<int> FloodRate = Number("--flood-rate", "Bad packets per second.", 100_000, 1, 1_000_000);

    public static readonly Option<string> Sizes = SizesOption();
    public static readonly Option<string> ChartFolder = new("--out") { Description = "Where the charts go.", DefaultValueFactory = _ => "." };
    public static readonly Argument<string[]> ChartFiles = new("files") { Description = "What compare --json or scale --json have written.", Arity = ArgumentArity.OneOrMore };

    /// <summary>Of every command.</summary>
    public static readonly Option[] Common = [Json, Shards, Server, ServerArguments, NoFeedback, FeedbackMilliseconds, Seconds, Warmup, ParallelJoins];

    /// <summary>E.g. "100,500,1000"; null for anything else.</summary>
    public static IReadOnlyList<int>? ParseSizes(string text)
    {
        const int least = 5;
        const int most = 60_000;
        var sizes = new List<int>();
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part, out var size) || size is < least or > most)
            {
                return null;
            }

            sizes.Add(size);
        }

        return sizes;
    }

    private static Option<string> SizesOption()
    {
        var option = new Option<string>("--sizes") { Description = "Numbers of participants.", DefaultValueFactory = _ => "100,500,1000,2000" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && ParseSizes(result.Tokens[0].Value) is null)
            {
                result.AddError($"--sizes must be numbers with commas between, each at least 5, not {result.Tokens[0].Value}.");
            }
        });
        return option;
    }

    private static Option<int> Number(string name, string description, int preset, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => preset };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && (value < least || value > most))
            {
                result.AddError($"{name} must be {least}-{most}, not {value}.");
            }
        });
        return option;
    }

    private static Option<string> Choice(string name, string description, string preset, params string[] choices)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => preset };
        option.AcceptOnlyFromAmong(choices);
        return option;
    }
}
