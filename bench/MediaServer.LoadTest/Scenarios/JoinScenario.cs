using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Scenarios;

/// <summary>Many full joins at once beside a call that goes on: how long each takes, and what the call feels of it.</summary>
internal sealed class JoinScenario(int joiners, int audience, LessonMedia media, int parallel, int warmup) : IScenario
{
    private const int AudienceParallel = 16;
    private const int QuietSeconds = 5;

    public string Name => "join";

    public async Task<ScenarioResult> Run(ITarget target, ProgressBar progress, CancellationToken cancellationToken)
    {
        await using var existing = new Call(target);
        var lesson = await Lesson.Begin(existing, media, cancellationToken);
        await lesson.AddPupils(audience, AudienceParallel, timed: true, progress, cancellationToken);
        var quiet = await Measurement.Run(Name, target, existing.Participants, warmup, QuietSeconds, progress, cancellationToken);

        // Another list of participants, for only the newcomers' joins shall be counted; the existing call is what is measured meanwhile.
        await using var storm = new Call(target);
        var newcomers = lesson.With(storm);
        var measurement = await Measurement.Begin(target, existing.Participants, cancellationToken);
        await newcomers.AddPupils(joiners, parallel, timed: false, progress, cancellationToken);
        var result = storm.WithJoins(await measurement.End(Name, cancellationToken));
        return (result with { Participants = joiners })
            .With("existingParticipants", existing.Participants.Count)
            .With("existingTransitMsP99Before", quiet.TransitMsP99)
            .With("existingTransitMsP99During", result.TransitMsP99)
            .With("serverCpuMsPerJoin", result.ServerCpuSeconds * 1000 / joiners)
            .With("memoryKiBPerJoin", (result.ServerRssMiB - quiet.ServerRssMiB) * 1024 / joiners)
            .With("lostNewcomers", storm.Participants.Count(p => p.Lost is not null));
    }
}
