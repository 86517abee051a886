using System.Text.Json;
using System.Text.Json.Serialization;

namespace MediaServer.LoadTest.Scenarios;

/// <summary>What a run has measured. Times in the names' units; counts are of the measured window unless they say otherwise.</summary>
internal sealed record ScenarioResult
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public required string Scenario { get; init; }

    public required string Target { get; init; }

    /// <summary>How the target was set up.</summary>
    public required string Setting { get; init; }

    public required int Participants { get; init; }

    /// <summary>Of the measured window.</summary>
    public double Seconds { get; init; }

    /// <summary>Media packets that publishers sent.</summary>
    public long PacketsIn { get; init; }

    /// <summary>Media packets that came to receivers.</summary>
    public long PacketsOut { get; init; }

    /// <summary>User and system time of the server's process.</summary>
    public double ServerCpuSeconds { get; init; }

    public double PacketsPerCpuSecond => ServerCpuSeconds > 0 ? PacketsOut / ServerCpuSeconds : 0;

    /// <summary>Cores that the server kept busy.</summary>
    public double ServerCores => Seconds > 0 ? ServerCpuSeconds / Seconds : 0;

    /// <summary>Of the packets that receivers should have got, by sequence numbers; streams that stayed silent count as wholly lost.</summary>
    public double LossRatio { get; init; }

    /// <summary>Streams that should have brought media and did not.</summary>
    public int SilentStreams { get; init; }

    /// <summary>From the publisher's stamp to the kernel's arrival time at the receiver.</summary>
    public double TransitMsP50 { get; init; }

    public double TransitMsP99 { get; init; }

    public double TransitMsP999 { get; init; }

    public double TransitMsMax { get; init; }

    /// <summary>From the connection to the hub to the first media, per participant.</summary>
    public double JoinMsP50 { get; init; }

    public double JoinMsP99 { get; init; }

    /// <summary>From the first participant's beginning to the last one's first media.</summary>
    public double JoinSecondsTotal { get; init; }

    public double ServerRssMiB { get; init; }

    /// <summary>Null where there is no garbage collector.</summary>
    public double? GcPauseMsMax { get; init; }

    public long? Gen2Collections { get; init; }

    public long? BlockingGen2Collections { get; init; }

    /// <summary>Allocated by the whole server process.</summary>
    public double? AllocatedMiB { get; init; }

    /// <summary>Key frames that publishers sent, and how often the server asked for one.</summary>
    public long KeyFrames { get; init; }

    public long KeyFrameRequests { get; init; }

    /// <summary>Packets that tracked receivers verified, and what was wrong with them.</summary>
    public long TrackedPackets { get; init; }

    public long TrackedFaults { get; init; }

    public string? TrackedFault { get; init; }

    /// <summary>Sampled packets that did not decrypt.</summary>
    public long DecryptFailures { get; init; }

    /// <summary>Participants that fell out of the call.</summary>
    public int LostParticipants { get; init; }

    public string? SrtpProfile { get; init; }

    /// <summary>The load test's own CPU time, and how late its loop was at worst: when these are high, the generator was the limit.</summary>
    public double GeneratorCpuSeconds { get; init; }

    public double GeneratorLagMsMax { get; init; }

    /// <summary>Messages that the generator's socket had no room for.</summary>
    public long GeneratorDrops { get; init; }

    /// <summary>The server's CPU seconds by thread name.</summary>
    public IReadOnlyDictionary<string, double> ServerThreads { get; init; } = new Dictionary<string, double>();

    /// <summary>Figures that only this scenario or target has.</summary>
    public IReadOnlyDictionary<string, double> Extras { get; init; } = new Dictionary<string, double>();

    /// <summary>With one more figure of its own.</summary>
    public ScenarioResult With(string name, double value) => this with { Extras = new Dictionary<string, double>(Extras) { [name] = Math.Round(value, 3) } };

    public static string ToJson(object value) => JsonSerializer.Serialize(value, JsonOptions);

    /// <exception cref="JsonException">The text is no such result.</exception>
    public static T FromJson<T>(string json) => JsonSerializer.Deserialize<T>(json, JsonOptions) ?? throw new JsonException("null is no result");
}
