using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Scenarios;

/// <summary>Garbage beside a call: what the call loses, what the garbage costs, and that nothing is answered to it.</summary>
internal sealed class FloodScenario(int audience, LessonMedia media, int perSecond, int parallel, int warmup, int seconds) : IScenario
{
    private const int Strangers = 1000;

    public string Name => "flood";

    public async Task<ScenarioResult> Run(ITarget target, ProgressBar progress, CancellationToken cancellationToken)
    {
        var engine = target.Engine;
        await using var call = new Call(target);
        var lesson = await Lesson.Begin(call, media, cancellationToken);
        await lesson.AddPupils(audience, parallel, timed: true, progress, cancellationToken);
        var quiet = await Measurement.Run(Name, target, call.Participants, warmup, seconds, progress, cancellationToken);

        var floodTarget = new FloodTarget(
            lesson.Presenter.Peer.ServerAddress,
            [.. Enumerable.Range(0, Strangers).Select(i => engine.Addresses.AddressOf(engine.Addresses.Count - 1 - i))],
            engine.Addresses.AddressOf(lesson.Presenter.Peer.Index),
            await CapturePacket(engine, lesson.Presenter.Peer, cancellationToken),
            lesson.Presenter.Peer.RemoteUfrag);
        using var flood = new Flood(engine.NewOutbox(), floodTarget, perSecond);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        var before = flood.Sent;
        var measurement = await Measurement.Begin(target, call.Participants, cancellationToken);
        await progress.Wait("flooding", TimeSpan.FromSeconds(seconds), cancellationToken);
        var result = await measurement.End(Name, cancellationToken);
        var sent = flood.Sent - before;
        flood.Dispose();
        var returned = await engine.Invoke(() => engine.Counters.UnsolicitedBytes);
        return call.WithJoins(result)
            .With("floodPackets", sent)
            .With("floodPacketsPerSecond", sent / result.Seconds)
            .With("bytesReturnedToStrangers", returned)
            .With("lossRatioWithoutFlood", quiet.LossRatio)
            .With("serverCpuSecondsWithoutFlood", quiet.ServerCpuSeconds)
            .With("serverMicrosecondsPerFloodPacket", sent == 0 ? 0 : (result.ServerCpuSeconds - quiet.ServerCpuSeconds) * 1e6 / sent);
    }

    private static async Task<byte[]> CapturePacket(MediaEngine engine, VirtualPeer publisher, CancellationToken cancellationToken)
    {
        var capture = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await engine.Invoke(() => publisher.Capture = capture);
        return await capture.Task.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
    }
}
