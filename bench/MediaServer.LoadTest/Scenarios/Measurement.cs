using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Targets;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Scenarios;

/// <summary>A window of time in which everything is counted: CPU of the server and of the generator, packets, transit, pauses.</summary>
internal sealed class Measurement
{
    private readonly ITarget _target;
    private readonly IReadOnlyList<Participant> _participants;
    private double _serverCpu;
    private double _generatorCpu;
    private long _drops;
    private long _beganAt;
    private IReadOnlyDictionary<string, double> _threads = new Dictionary<string, double>();

    private Measurement(ITarget target, IReadOnlyList<Participant> participants)
    {
        _target = target;
        _participants = participants;
    }

    /// <summary>Warms up, measures for <paramref name="seconds"/>, and fills in everything but the joins.</summary>
    public static async Task<ScenarioResult> Run(
        string scenario, ITarget target, IReadOnlyList<Participant> participants, int warmup, int seconds, ProgressBar progress, CancellationToken cancellationToken)
    {
        await progress.Wait("warming up", TimeSpan.FromSeconds(warmup), cancellationToken);
        var measurement = await Begin(target, participants, cancellationToken);
        await progress.Wait("measuring", TimeSpan.FromSeconds(seconds), cancellationToken);
        return await measurement.End(scenario, cancellationToken);
    }

    public static async Task<Measurement> Begin(ITarget target, IReadOnlyList<Participant> participants, CancellationToken cancellationToken)
    {
        var measurement = new Measurement(target, participants);
        if (target.Runtime is { } runtime)
        {
            await runtime.Begin(cancellationToken);
        }

        measurement._threads = ProcessUsage.CpuSecondsByThread(target.ProcessId);
        await target.Engine.Invoke(() =>
        {
            target.Engine.ResetCounters();
            foreach (var stream in participants.SelectMany(p => p.Peer.Streams))
            {
                stream.BeginWindow();
            }

            measurement._drops = target.Engine.ReceiveDrops;
            measurement._generatorCpu = ProcessUsage.CpuSeconds(Environment.ProcessId);
            measurement._serverCpu = ProcessUsage.CpuSeconds(target.ProcessId);
            measurement._beganAt = EngineClock.Now.Microseconds;
        });
        return measurement;
    }

    public async Task<ScenarioResult> End(string scenario, CancellationToken cancellationToken)
    {
        var engine = _target.Engine;
        var result = await engine.Invoke(() =>
        {
            var counters = engine.Counters;
            var (loss, silent) = Loss();
            var verifiers = _participants.SelectMany(p => p.Peer.Verifiers).ToList();
            return new ScenarioResult
            {
                Scenario = scenario,
                Target = _target.Name,
                Setting = _target.Setting,
                Participants = _participants.Count,
                Seconds = (EngineClock.Now.Microseconds - _beganAt) / 1e6,
                ServerCpuSeconds = ProcessUsage.CpuSeconds(_target.ProcessId) - _serverCpu,
                GeneratorCpuSeconds = ProcessUsage.CpuSeconds(Environment.ProcessId) - _generatorCpu,
                PacketsIn = counters.MediaPacketsSent,
                PacketsOut = counters.MediaPacketsReceived,
                LossRatio = loss,
                SilentStreams = silent,
                TransitMsP50 = Milliseconds(0.5),
                TransitMsP99 = Milliseconds(0.99),
                TransitMsP999 = Milliseconds(0.999),
                TransitMsMax = engine.Transit.Max / 1000.0,
                KeyFrames = counters.KeyFramesSent,
                KeyFrameRequests = counters.KeyFrameRequests,
                TrackedPackets = verifiers.Sum(v => v.Packets),
                TrackedFaults = verifiers.Sum(v => v.Faults),
                TrackedFault = verifiers.Select(v => v.LastFault).FirstOrDefault(f => f is not null),
                DecryptFailures = counters.DecryptFailures,
                SrtpProfile = _participants.Select(p => p.Peer.Profile).FirstOrDefault(p => p is not null)?.ToString(),
                GeneratorLagMsMax = counters.LongestLagMicroseconds / 1000.0,
                GeneratorDrops = engine.ReceiveDrops - _drops,
                LostParticipants = _participants.Count(p => p.Lost is not null),
                Extras = new Dictionary<string, double> { ["feedbackSent"] = counters.FeedbackSent, ["rtcpReceived"] = counters.RtcpReceived, ["otherRtpReceived"] = counters.OtherRtpReceived },
            };
        });
        var threads = ProcessUsage.CpuSecondsByThread(_target.ProcessId)
            .Select(t => (t.Key, Seconds: t.Value - _threads.GetValueOrDefault(t.Key)))
            .Where(t => t.Seconds > 0.01)
            .OrderByDescending(t => t.Seconds)
            .ToDictionary(t => t.Key, t => Math.Round(t.Seconds, 3));
        var runtime = _target.Runtime is { } probe ? await probe.End(cancellationToken) : null;
        return result with
        {
            ServerThreads = threads,
            ServerRssMiB = ProcessUsage.ResidentMiB(_target.ProcessId),
            GcPauseMsMax = runtime?.LongestPauseMs,
            Gen2Collections = runtime?.Gen2Collections,
            BlockingGen2Collections = runtime?.BlockingGen2Collections,
            AllocatedMiB = runtime?.AllocatedBytes / 1048576.0,
            Extras = result.Extras.Concat(_target.Extras()).ToDictionary(e => e.Key, e => e.Value),
        };
    }

    private double Milliseconds(double quantile) => _target.Engine.Transit.Quantile(quantile) / 1000.0;

    /// <summary>
    /// By sequence numbers, stream by stream. Which of the audio slots are in use is the server's business: of each receiver as many streams
    /// must bring audio as there are voices, at most as many as it has slots.
    /// </summary>
    private (double Ratio, int Silent) Loss()
    {
        long received = 0;
        long expected = 0;
        long active = 0;
        var silent = 0;
        foreach (var participant in _participants.Where(p => p.Role.Receives))
        {
            var windows = participant.Peer.Streams.Select(s => (s.Kind, Window: s.Window())).Where(s => s.Window.Expected > 0).ToList();
            received += windows.Sum(w => w.Window.Received);
            expected += windows.Sum(w => w.Window.Expected);
            active += windows.Count;
            var slots = participant.Peer.Streams.Count(s => s.Kind == MediaKind.Audio);
            silent += Math.Max(0, Math.Min(participant.Role.Hears.Count, slots) - windows.Count(w => w.Kind == MediaKind.Audio));
            silent += participant.Role.Sees is not null && windows.All(w => w.Kind != MediaKind.Video) ? 1 : 0;
        }

        var silentExpected = active == 0 ? silent : silent * (double)expected / active;
        return (expected + silentExpected > 0 ? 1 - (received / (expected + silentExpected)) : 0, silent);
    }
}
