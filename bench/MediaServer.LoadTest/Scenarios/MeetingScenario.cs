using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Scenarios;

/// <summary>A large meeting: everybody connected and signalled, three speakers, one presenter, held for a while.</summary>
internal sealed class MeetingScenario(int participants, LessonMedia media, int parallel, int warmup, int hold) : IScenario
{
    public string Name => "meeting";

    public async Task<ScenarioResult> Run(ITarget target, ProgressBar progress, CancellationToken cancellationToken)
    {
        var memoryBefore = ProcessUsage.ResidentMiB(target.ProcessId);
        await using var call = new Call(target);
        var lesson = await Lesson.Begin(call, media, cancellationToken);
        await lesson.AddPupils(Math.Max(1, participants - Lesson.Publishers), parallel, timed: true, progress, cancellationToken);
        var result = await Measurement.Run(Name, target, call.Participants, warmup, hold, progress, cancellationToken);
        return call.WithJoins(result).With("memoryKiBPerParticipant", (result.ServerRssMiB - memoryBefore) * 1024 / result.Participants);
    }
}
