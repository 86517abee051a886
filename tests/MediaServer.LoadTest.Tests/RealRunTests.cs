using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Scenarios;
using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Tests;

/// <summary>Each scenario, small, against the real server in a process of its own: sockets, handshakes, encryption and all.</summary>
public sealed class RealRunTests
{
    private const int Receivers = 16;
    private const int Seconds = 2;
    private static readonly LessonMedia Media = new(AudioSource.DefaultPayloadBytes, new VideoShape(300, 15));

    [Fact]
    public async Task Fanout_delivers_every_packet_to_every_subscriber()
    {
        var result = await Run(new FanoutScenario(Receivers, Media.Video, 8, 1, Seconds));

        AssertSound(result, Receivers + 1);
        Assert.InRange(result.PacketsOut, Receivers * result.PacketsIn / 2, Receivers * result.PacketsIn * 2);
        Assert.True(result.GcPauseMsMax is >= 0 && result.Gen2Collections is >= 0, "the server's metrics were read");
        Assert.Contains(result.ServerThreads.Keys, name => name.StartsWith("media shard", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Audio_brings_three_speakers_to_every_listener() =>
        AssertSound(await Run(new AudioScenario(Receivers, AudioSource.DefaultPayloadBytes, 8, 1, Seconds)), Receivers + AudioScenario.Speakers);

    [Fact]
    public async Task A_meeting_brings_everybody_three_speakers_and_the_presenter()
    {
        var result = await Run(new MeetingScenario(Receivers + Lesson.Publishers, Media, 8, 1, Seconds));

        AssertSound(result, Receivers + Lesson.Publishers);
        Assert.True(result.Extras["memoryKiBPerParticipant"] > 0);
    }

    [Fact]
    public async Task Joins_at_once_all_end_in_receiving_and_leave_the_call_whole()
    {
        var result = await Run(new JoinScenario(Receivers, 4, Media, 1000, 1));

        Assert.Equal(Receivers, result.Participants);
        Assert.True(result.JoinMsP99 >= result.JoinMsP50 && result.JoinSecondsTotal * 1000 >= result.JoinMsP99 * 0.99);
        Assert.Equal(0, result.Extras["lostNewcomers"]);
        Assert.Equal(0, result.SilentStreams);
    }

    [Fact]
    public async Task A_flood_is_answered_with_nothing()
    {
        var result = await Run(new FloodScenario(4, Media, 2000, 8, 1, Seconds));

        Assert.True(result.Extras["floodPackets"] > 200, $"{result.Extras["floodPackets"]} bad packets went out");
        Assert.Equal(0, result.Extras["bytesReturnedToStrangers"]);
        Assert.Equal(0, result.SilentStreams);
        Assert.Equal(0, result.LostParticipants);
    }

    private static void AssertSound(ScenarioResult result, int participants)
    {
        Assert.Equal(participants, result.Participants);
        Assert.Equal(0, result.SilentStreams);
        Assert.Equal(0, result.LostParticipants);
        Assert.Equal(0, result.DecryptFailures);
        Assert.True(result.TrackedPackets > 50, $"{result.TrackedPackets} packets were verified");
        Assert.True(result.TrackedFaults == 0 || result.LossRatio > 0, $"nothing was lost, and yet: {result.TrackedFault}");
        Assert.True(result.LossRatio < 0.05, $"lost {result.LossRatio}");
        Assert.True(result.ServerCpuSeconds > 0 && result.PacketsPerCpuSecond > 0);
        Assert.True(result.TransitMsP50 > 0 && result.TransitMsP99 >= result.TransitMsP50);
        Assert.True(result.JoinMsP50 > 0 && result.ServerRssMiB > 20);
        Assert.Equal("AeadAes128Gcm", result.SrtpProfile);
    }

    private static async Task<ScenarioResult> Run(IScenario scenario)
    {
        var assembly = MediaServerProcess.FindAssembly();
        Assert.True(assembly is not null, "the server is built together with the load test");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        var settings = new TargetSettings(new MediaServerSettings(assembly, 1, []), 100);
        await using var factory = await TargetFactory.Create(settings, [TargetFactory.MediaServerName], useNamespace: false, _ => { });
        await using var target = factory.Create(TargetFactory.MediaServerName, exception => Assert.Fail($"the engine failed: {exception}"));
        await target.Start(patience.Token);
        return await scenario.Run(target, new ProgressBar(TextWriter.Null, interactive: false, 80), patience.Token);
    }
}
