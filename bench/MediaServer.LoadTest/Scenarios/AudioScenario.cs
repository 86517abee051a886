using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Scenarios;

/// <summary>Three speakers with packets of 20 ms, their phases spread, and many listeners.</summary>
internal sealed class AudioScenario(int listeners, int payloadBytes, int parallel, int warmup, int seconds) : IScenario
{
    public const int Speakers = 3;

    private const int Tracked = 2;
    private const int PacketMicroseconds = 20_000;

    public string Name => "audio";

    public async Task<ScenarioResult> Run(ITarget target, ProgressBar progress, CancellationToken cancellationToken)
    {
        await using var call = new Call(target);
        var speakers = await AddSpeakers(call, payloadBytes, cancellationToken);
        await call.AddReceivers(listeners, parallel, number => Role.Receiver(speakers, null, number < Tracked), progress, cancellationToken);
        var result = await Measurement.Run(Name, target, call.Participants, warmup, seconds, progress, cancellationToken);
        return call.WithJoins(result);
    }

    public static async Task<IReadOnlyList<Participant>> AddSpeakers(Call call, int payloadBytes, CancellationToken cancellationToken)
    {
        var speakers = new List<Participant>();
        for (var i = 0; i < Speakers; i++)
        {
            speakers.Add(await call.AddSpeaker(payloadBytes, Random.Shared.Next(PacketMicroseconds), cancellationToken));
        }

        return speakers;
    }
}
