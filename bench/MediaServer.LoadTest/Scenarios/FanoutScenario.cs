using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Scenarios;

/// <summary>One publisher of video, many subscribers.</summary>
internal sealed class FanoutScenario(int subscribers, VideoShape shape, int parallel, int warmup, int seconds) : IScenario
{
    private const int Tracked = 2;

    public string Name => "fanout";

    public async Task<ScenarioResult> Run(ITarget target, ProgressBar progress, CancellationToken cancellationToken)
    {
        await using var call = new Call(target);
        var presenter = await call.AddPresenter(shape, cancellationToken);
        await call.AddReceivers(subscribers, parallel, number => Role.Receiver([], presenter, number < Tracked), progress, cancellationToken);
        var result = await Measurement.Run(Name, target, call.Participants, warmup, seconds, progress, cancellationToken);
        return call.WithJoins(result);
    }
}
