using System.Diagnostics.Metrics;
using MediaServer.Client;
using MediaServer.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace MediaServer.Server.Tests;

/// <summary>Calls over ICE-TCP through the real server.</summary>
public sealed class TcpCallTests
{
    /// <summary>As in <see cref="HeadlessCallTests"/>, but large enough to fill what lies between the server and a peer that does not read.</summary>
    private static readonly byte[] KeyFrame = [0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 64, 0, 48, 0, .. new byte[3000]];

    private static readonly byte[] DeltaFrame = [0x11, 0x02, 0x00, .. new byte[3000]];
    private static readonly byte[] OpusPacket = [0xF8, .. new byte[60]];

    [Fact]
    public async Task A_participant_over_TCP_and_one_over_UDP_see_and_hear_each_other()
    {
        await using var server = await RunningServer.Start();
        var code = await HubClient.CreateMeeting(server.Url);
        await using var anna = await Join(server, code, "Anna", tcp: true);
        await using var boris = await Join(server, code, "Boris", tcp: false);
        Assert.Equal(1, Sum("mediaserver.media.tcp_connections"));
        using var stop = new CancellationTokenSource();
        var publishing = Task.WhenAll(Publish(anna, stop.Token), Publish(boris, stop.Token));
        await Watch(anna, boris);
        await Watch(boris, anna);
        await Eventually.True(() => Frames(anna) > 20 && Frames(boris) > 20, "they see each other");
        await Eventually.True(() => AudioPackets(anna) > 20 && AudioPackets(boris) > 20, "they hear each other");
        await stop.CancelAsync();
        await publishing;
        await anna.DisposeAsync();
        await Eventually.True(() => Sum("mediaserver.media.tcp_connections") == 0, "her connection is closed");
    }

    [Fact]
    public async Task Without_UDP_candidates_everybody_comes_over_TCP()
    {
        await using var server = await RunningServer.Start(settings: ["--MediaServer:Media:Udp", "false"]);
        var code = await HubClient.CreateMeeting(server.Url);
        await using var anna = await Join(server, code, "Anna", tcp: false);
        Assert.Equal(1, Sum("mediaserver.media.tcp_connections"));
    }

    [Fact]
    public async Task Who_does_not_read_loses_the_picture_and_gets_it_back_while_the_others_notice_nothing()
    {
        await using var server = await RunningServer.Start();
        var code = await HubClient.CreateMeeting(server.Url);
        await using var boris = await Join(server, code, "Boris", tcp: false);
        await using var anna = await Join(server, code, "Anna", tcp: true);
        await using var vera = await Join(server, code, "Vera", tcp: true);
        using var stop = new CancellationTokenSource();
        var asked = 0;
        boris.KeyFrameRequested += () => Interlocked.Increment(ref asked);
        var publishing = Publish(boris, stop.Token);
        await Watch(anna, boris);
        await Watch(vera, boris);
        await Eventually.True(() => Frames(anna) > 10 && Frames(vera) > 10, "both see Boris");

        anna.HoldReceiving(true);
        await Eventually.True(() => Sum("mediaserver.media.drops", "TcpBackPressure") > 0, "Anna's video pauses");
        var (held, seen) = (Frames(anna), Frames(vera));
        await Eventually.True(() => Frames(vera) > seen + 30, "Vera sees on");
        Assert.InRange(Frames(anna), held, held + 1);

        var askedWhileHeld = Volatile.Read(ref asked);
        anna.HoldReceiving(false);
        await Eventually.True(() => Frames(anna) > held + 100, "Anna sees again");
        Assert.True(Volatile.Read(ref asked) > askedWhileHeld, "she starts again at a key frame");
        var dropped = Sum("mediaserver.media.drops", "TcpBackPressure");
        seen = Frames(anna);
        await Eventually.True(() => Frames(anna) > seen + 30, "and goes on seeing");
        Assert.Equal(dropped, Sum("mediaserver.media.drops", "TcpBackPressure"));
        Assert.Equal(0, server.Services.GetRequiredService<MediaPlane.MediaPlane>().Bugs);
        await stop.CancelAsync();
        await publishing;
    }

    private static Task<HeadlessParticipant> Join(RunningServer server, string code, string name, bool tcp) =>
        HeadlessParticipant.Join(new HeadlessParticipantOptions { Server = server.Url, MeetingCode = code, DisplayName = name, Tcp = tcp }, CancellationToken.None);

    private static Task Watch(HeadlessParticipant viewer, HeadlessParticipant of) =>
        viewer.ChooseSlots([new SlotChoice("v0", of.ParticipantId, MediaSource.Camera, 360, 1)], CancellationToken.None);

    private static long Frames(HeadlessParticipant participant) => participant.ReceivedSlots().FirstOrDefault(s => s.Mid == "v0")?.Frames ?? 0;

    private static long AudioPackets(HeadlessParticipant participant) => participant.ReceivedSlots().Where(s => s.Mid.StartsWith('a')).Sum(s => s.Packets);

    /// <summary>An instrument of the media plane over all shards, of one reason if that is given.</summary>
    private static long Sum(string instrument, string? reason = null)
    {
        long sum = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (published, l) =>
            {
                if (published.Name == instrument)
                {
                    l.EnableMeasurementEvents(published);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (reason is null || tags.ToArray().Any(tag => tag.Key == "reason" && (string?)tag.Value == reason))
            {
                sum += value;
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return sum;
    }

    private static async Task Publish(HeadlessParticipant participant, CancellationToken cancellationToken)
    {
        var wanted = 1;
        participant.KeyFrameRequested += () => Interlocked.Exchange(ref wanted, 1);
        for (uint tick = 0; !cancellationToken.IsCancellationRequested; tick++)
        {
            participant.SendOpus(OpusPacket, tick * 960);
            if (tick % 2 == 0)
            {
                participant.SendVideoFrame(Interlocked.Exchange(ref wanted, 0) == 1 ? KeyFrame : DeltaFrame, tick * 1800);
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }
}
