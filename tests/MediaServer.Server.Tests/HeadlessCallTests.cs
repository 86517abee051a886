using MediaServer.Client;
using MediaServer.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace MediaServer.Server.Tests;

/// <summary>Headless participants in a call through the real server: hub, ICE, DTLS, SRTP, forwarding.</summary>
public sealed class HeadlessCallTests
{
    /// <summary>A VP8 key frame's first bytes (RFC 6386 section 9.1): 64 x 48 pixels; the rest does not matter to an SFU.</summary>
    private static readonly byte[] KeyFrame = [0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 64, 0, 48, 0, .. new byte[3000]];

    private static readonly byte[] DeltaFrame = [0x11, 0x02, 0x00, .. new byte[1500]];

    /// <summary>A 20 ms CELT packet.</summary>
    private static readonly byte[] OpusPacket = [0xF8, .. new byte[60]];

    [Fact]
    public async Task Two_participants_see_and_hear_each_other_without_renegotiating()
    {
        await using var server = await RunningServer.Start();
        var code = await HubClient.CreateMeeting(server.Url);
        await using var anna = await Join(server, code, "Anna");
        await using var boris = await Join(server, code, "Boris");
        using var stop = new CancellationTokenSource();
        var publishing = Task.WhenAll(Publish(anna, stop.Token), Publish(boris, stop.Token));

        await anna.ChooseSlots([new SlotChoice("v0", boris.ParticipantId, MediaSource.Camera, 360, 1)], CancellationToken.None);
        await boris.ChooseSlots([new SlotChoice("v2", anna.ParticipantId, MediaSource.Camera, 360, 1)], CancellationToken.None);

        await Eventually.True(() => FramesIn(anna, "v0") > 20, "Anna sees Boris");
        await Eventually.True(() => FramesIn(boris, "v2") > 20, "Boris sees Anna");
        await Eventually.True(() => Hears(anna, boris), "Anna hears Boris, marked with his number");
        await Eventually.True(() => Hears(boris, anna), "Boris hears Anna, marked with her number");
        await Eventually.True(() => anna.Slots.Any(s => s.Mid == "v0" && s.ParticipantId == boris.ParticipantId && s.Source == MediaSource.Camera), "Anna is told who is in her slot");

        await boris.SetDevices(new DeviceState(Microphone: false, Camera: false, Screen: false), CancellationToken.None);
        await Eventually.True(() => anna.Participants.Any(p => p.Id == boris.ParticipantId && !p.Devices.Camera), "Anna is told that Boris' camera is off");
        await Eventually.True(() => Quiet(anna), "the server forwards nothing of Boris, although he sends on");

        await boris.SetDevices(new DeviceState(Microphone: true, Camera: true, Screen: false), CancellationToken.None);
        var before = FramesIn(anna, "v0");
        await Eventually.True(() => FramesIn(anna, "v0") > before + 10, "the picture comes back");

        Assert.Equal(1, anna.Negotiations);
        Assert.Equal(1, boris.Negotiations);
        await stop.CancelAsync();
        await publishing;
    }

    [Fact]
    public async Task Participants_on_different_shards_see_and_hear_each_other()
    {
        await using var server = await RunningServer.Start(shards: 3, participantsPerShard: 1);
        using var relayed = new RelayedPackets();
        var code = await HubClient.CreateMeeting(server.Url);
        await using var anna = await Join(server, code, "Anna");
        await using var boris = await Join(server, code, "Boris");
        await using var vera = await Join(server, code, "Vera");
        using var stop = new CancellationTokenSource();
        var publishing = Task.WhenAll(Publish(anna, stop.Token), Publish(boris, stop.Token), Publish(vera, stop.Token));

        await anna.ChooseSlots([Camera("v0", boris), Camera("v1", vera)], CancellationToken.None);
        await boris.ChooseSlots([Camera("v0", anna), Camera("v1", vera)], CancellationToken.None);
        await vera.ChooseSlots([Camera("v0", anna), Camera("v1", boris)], CancellationToken.None);
        foreach (var participant in new[] { anna, boris, vera })
        {
            await Eventually.True(() => FramesIn(participant, "v0") > 20 && FramesIn(participant, "v1") > 20, "everybody sees both others");
        }

        await Eventually.True(() => Hears(anna, boris) && Hears(anna, vera), "Anna hears both");
        await Eventually.True(() => Hears(boris, anna) && Hears(vera, anna), "both hear Anna");
        await Eventually.True(() => anna.Slots.Any(s => s.Mid == "v1" && s.ParticipantId == vera.ParticipantId), "Anna is told who is in her slot");
        Assert.Equal(6, relayed.Links().Count(packets => packets > 20));

        await boris.SetDevices(new DeviceState(Microphone: false, Camera: false, Screen: false), CancellationToken.None);
        await Eventually.True(() => Stands(anna, "v0") && Stands(vera, "v1"), "Boris' camera is off on every shard");
        await boris.SetDevices(new DeviceState(Microphone: true, Camera: true, Screen: false), CancellationToken.None);
        var before = FramesIn(vera, "v1");
        await Eventually.True(() => FramesIn(vera, "v1") > before + 10, "the picture comes back");

        await boris.NegotiateAnew();
        before = FramesIn(anna, "v0");
        await Eventually.True(() => FramesIn(anna, "v0") > before + 10, "a new transport fills the slots on other shards");
        Assert.Equal(0, server.Services.GetRequiredService<MediaPlane.MediaPlane>().Bugs);
        await stop.CancelAsync();
        await publishing;
    }

    [Fact]
    public async Task After_a_restart_of_the_server_participants_come_back_as_themselves()
    {
        var data = Directory.CreateTempSubdirectory("mediaserver-").FullName;
        var server = await RunningServer.Start(data);
        var code = await HubClient.CreateMeeting(server.Url);
        string token;
        JoinedMeeting first;
        await using (var hub = await HubClient.Connect(server.Url))
        {
            first = (await hub.Join(code, "Anna")).Value!;
            token = first.ResumeToken;
        }

        await server.DisposeAsync();
        await using var again = await RunningServer.Start(data);
        await using var back = await HubClient.Connect(again.Url);
        var joined = (await back.Join(code, "ignored", token)).Value!;

        Assert.Equal(first.ParticipantId, joined.ParticipantId);
        Assert.False(joined.Resumed);
        Assert.Equal("Anna", Assert.Single(joined.Participants).DisplayName);
        Assert.Equal(first.Participants[0].Number, joined.Participants[0].Number);
        await back.DisposeAsync();
        await again.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task A_publisher_with_a_new_transport_fills_the_slots_that_show_it()
    {
        await using var server = await RunningServer.Start();
        var code = await HubClient.CreateMeeting(server.Url);
        await using var viewer = await Join(server, code, "Viewer");
        using var stop = new CancellationTokenSource();
        await using (var first = await Join(server, code, "Publisher"))
        {
            var publishing = Publish(first, stop.Token);
            await viewer.ChooseSlots([new SlotChoice("v0", first.ParticipantId, MediaSource.Camera, 360, 1)], CancellationToken.None);
            await Eventually.True(() => FramesIn(viewer, "v0") > 5, "the picture is there");
            await first.NegotiateAnew();
            var before = FramesIn(viewer, "v0");
            await Eventually.True(() => FramesIn(viewer, "v0") > before + 10, "the picture is back without the viewer's doing");
            await stop.CancelAsync();
            await publishing;
        }

        await Eventually.True(() => viewer.Participants.Count == 1, "who leaves is gone from the list");
    }

    [Fact]
    public async Task A_camera_that_nobody_watches_is_told_so_and_is_told_when_somebody_does()
    {
        await using var server = await RunningServer.Start();
        var code = await HubClient.CreateMeeting(server.Url);
        await using var publisher = await Join(server, code, "Publisher");
        await using var viewer = await Join(server, code, "Viewer");
        LayersWantedUpdate? told = null;
        publisher.LayersWanted += update => told = update;
        using var stop = new CancellationTokenSource();
        var publishing = Publish(publisher, stop.Token);

        await Eventually.True(() => told is { Source: MediaSource.Camera, Layers: [false] }, "nobody watches");
        await viewer.ChooseSlots([new SlotChoice("v0", publisher.ParticipantId, MediaSource.Camera, 360, 1)], CancellationToken.None);
        await Eventually.True(() => told is { Source: MediaSource.Camera, Layers: [true] }, "somebody watches");
        await stop.CancelAsync();
        await publishing;
    }

    private static Task<HeadlessParticipant> Join(RunningServer server, string code, string name) =>
        HeadlessParticipant.Join(new HeadlessParticipantOptions { Server = server.Url, MeetingCode = code, DisplayName = name }, CancellationToken.None);

    private static SlotChoice Camera(string slot, HeadlessParticipant of) => new(slot, of.ParticipantId, MediaSource.Camera, 360, 1);

    private static bool Stands(HeadlessParticipant participant, string mid)
    {
        var before = FramesIn(participant, mid);
        Thread.Sleep(300);
        return FramesIn(participant, mid) == before;
    }

    private static long FramesIn(HeadlessParticipant participant, string mid) => participant.ReceivedSlots().FirstOrDefault(s => s.Mid == mid)?.Frames ?? 0;

    private static bool Hears(HeadlessParticipant listener, HeadlessParticipant speaker)
    {
        var number = listener.Participants.Single(p => p.Id == speaker.ParticipantId).Number;
        return listener.ReceivedSlots().Any(s => s.Mid.StartsWith('a') && s.Packets > 20 && s.LastContributor == number);
    }

    private static bool Quiet(HeadlessParticipant participant)
    {
        var before = participant.ReceivedSlots().Sum(s => s.Packets);
        Thread.Sleep(300);
        return participant.ReceivedSlots().Sum(s => s.Packets) == before;
    }

    /// <summary>Audio and video in real time until stopped; a key frame at the start and whenever one is asked for.</summary>
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
