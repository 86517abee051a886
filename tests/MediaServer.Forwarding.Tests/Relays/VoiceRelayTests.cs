using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Rtcp;
using static MediaServer.Forwarding.Tests.Relays.Voices;

namespace MediaServer.Forwarding.Tests.Relays;

public class VoiceRelayTests
{
    private readonly JoinedRouters _routers = new(3);
    private readonly Voices _voices;

    public VoiceRelayTests() => _voices = new Voices(_routers);

    [Fact]
    public void VoicesAreHeardOnEveryShardOfTheRoomMarkedWithTheirNumbers()
    {
        var peers = Join(4);
        _voices.Speak(200, [.. peers.Select(p => (p, Loud))]);
        peers.ForEach(p => p.Receive());
        _voices.Speak(40, [.. peers.Select(p => (p, Loud))]);
        foreach (var peer in peers)
        {
            Assert.Equal(peers.Where(p => p != peer).Select(p => (int)(p.Id.Value & 0xFF)).Order(), HeardBy(peer));
        }
    }

    [Fact]
    public void EveryShardComesToTheSameSpeakersAndOneTellsThem()
    {
        var peers = Join(9);
        _voices.Speak(2000, [.. peers.Select((p, i) => (p, i < 3 ? 20 : Silent))]);
        peers.ForEach(p => p.Receive());
        _voices.Speak(100, [.. peers.Select((p, i) => (p, i < 3 ? 20 : Silent))]);
        foreach (var peer in peers.Skip(3))
        {
            Assert.Equal([1, 2, 3], HeardBy(peer));
        }

        Assert.Empty(_routers[1].Take<SpeakersChanged>());
        Assert.Empty(_routers[2].Take<SpeakersChanged>());
        Assert.Equal(
            peers.Take(3).Select(p => p.Id.Value).Order(),
            _routers[0].Take<SpeakersChanged>().Last().Speakers.Select(s => s.Transport.Value).Order());
    }

    [Fact]
    public void AShardRelaysOnlyAsManyVoicesAsCanBeHeard()
    {
        var listener = _routers[0].Join(1);
        var peers = Enumerable.Range(10, 12).Select(i => _routers[1].Join(i)).ToList();
        _voices.Speak(400, [.. peers.Select((p, i) => (p, i < 8 ? Loud : Silent))]);
        var before = _routers.Link(1, 0).Packets;
        _voices.Speak(200, [.. peers.Select((p, i) => (p, i < 8 ? Loud : Silent))]);
        Assert.Equal(10 * _routers[1].Options.RelayedVoices, _routers.Link(1, 0).Packets - before);
        Assert.Equal(3, HeardBy(listener).Count());
    }

    [Fact]
    public void ANewVoiceTakesThePlaceOfSomebodySilentAcrossShards()
    {
        var listener = _routers[0].Join(1);
        var peers = Enumerable.Range(10, 9).Select(i => _routers[1].Join(i)).ToList();
        _voices.Speak(3000, [.. peers.Select((p, i) => (p, i < 5 ? Loud : Silent))]);
        _voices.Speak(3000, [.. peers.Select(p => (p, Silent))]);
        listener.Receive();
        _voices.Speak(400, [.. peers.Select((p, i) => (p, i == 8 ? Loud : Silent))]);
        Assert.Contains(18, HeardBy(listener));
    }

    [Fact]
    public void AMutedVoiceIsNeitherRelayedNorASpeaker()
    {
        var peers = Join(2);
        _voices.Speak(500, (peers[0], Loud), (peers[1], Loud));
        Assert.Contains(peers[1].Id, _routers[0].Take<SpeakersChanged>().Last().Speakers.Select(s => s.Transport));
        peers[0].Receive();
        var relayed = _routers.Link(1, 0).Packets;
        _routers[1].Apply(new SetGate(new PublicationId(peers[1].Id, "mic"), false));
        _voices.Speak(500, (peers[0], Loud), (peers[1], Loud));
        Assert.Empty(HeardBy(peers[0]));
        Assert.Equal(relayed, _routers.Link(1, 0).Packets);
        Assert.DoesNotContain(peers[1].Id, _routers[0].Take<SpeakersChanged>().Last().Speakers.Select(s => s.Transport));

        _routers[1].Apply(new SetGate(new PublicationId(peers[1].Id, "mic"), true));
        _voices.Speak(300, (peers[0], Loud), (peers[1], Loud));
        Assert.Equal([2], HeardBy(peers[0]));
    }

    [Fact]
    public void AHomeShardWithoutMembersStillTellsWhoSpeaks()
    {
        var room = RoomId.On(2, 1).Value;
        var first = _routers[0].Join(1, room);
        var second = _routers[1].Join(2, room);
        _voices.Speak(400, (first, Loud), (second, Loud));
        Assert.Equal([1, 2], _routers[2].Take<SpeakersChanged>().Last().Speakers.Select(s => (int)(s.Transport.Value & 0xFF)).Order());
        Assert.Equal([1], HeardBy(second));
        Assert.Empty(_routers[2].Egress.Take(first.Address));
    }

    [Fact]
    public void PictureAndVoiceStayInStepOnTheOtherShard()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);

        // As in ReportTests: at the publisher's second 100 the camera is at 9_000_000 and the microphone at 480_000.
        publisher.Camera.Timestamp = 9_000_000 - TestVideo.FrameTicks;
        publisher.SendRtcp((ref RtcpWriter w) => w.AddSenderReport(publisher.Camera.Ssrc, 100UL << 32, 9_000_000, 1, 1));
        publisher.SendAudio(1, 480_000);
        _routers.Advance(60);
        publisher.SendRtcp((ref RtcpWriter w) => w.AddSenderReport(publisher.MicSsrc, (100UL << 32) + (1UL << 28), 483_000, 1, 1));
        _routers.Advance(140);
        publisher.Camera.KeyFrame();
        publisher.SendAudio(2, 480_960);
        _routers.Deliver();
        var media = subscriber.Receive();
        var video = media.Last(p => p.Ssrc == subscriber.SlotSsrc());
        var audio = media.Last(p => p.Csrc == 1001);
        _routers.Advance(1500);
        subscriber.Receive();
        var reports = SenderReports(subscriber.Rtcp);
        var capturedVideo = Captured(reports[video.Ssrc], video.Timestamp, 90_000);
        var capturedAudio = Captured(reports[audio.Ssrc], audio.Timestamp, 48_000);
        Assert.Equal(0.020, capturedAudio - capturedVideo, 0.0005);
    }

    private static double Captured((ulong Ntp, uint Timestamp) report, uint timestamp, double clockRate) =>
        (report.Ntp / 4294967296.0) + ((int)(timestamp - report.Timestamp) / clockRate);

    private static Dictionary<uint, (ulong Ntp, uint Timestamp)> SenderReports(List<byte[]> compounds)
    {
        var found = new Dictionary<uint, (ulong, uint)>();
        foreach (var compound in compounds)
        {
            var reader = new RtcpReader(compound);
            while (reader.TryReadNext(out var packet, out _))
            {
                if (packet.Kind == RtcpKind.SenderReport && SenderReportView.TryParse(packet, out var report))
                {
                    found[report.SenderSsrc] = (report.NtpTimestamp, report.RtpTimestamp);
                }
            }
        }

        return found;
    }

    private List<TestPeer> Join(int count)
    {
        var peers = Enumerable.Range(1, count).Select(i => _routers[(i - 1) % 3].Join(i)).ToList();
        _routers.Deliver();
        return peers;
    }
}
