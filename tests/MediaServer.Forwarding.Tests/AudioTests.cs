using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests;

public class AudioTests
{
    private const int Loud = 20;
    private const int Silent = 127;

    private readonly RouterHarness _harness = new();
    private readonly Dictionary<TestPeer, ushort> _sequences = [];

    [Fact]
    public void EverybodyHearsTheOthersAndNotThemselves()
    {
        var peers = Join(3);
        Speak(200, [.. peers.Select(p => (p, Loud))]);
        foreach (var peer in peers)
        {
            peer.Receive();
        }

        Speak(20, [.. peers.Select(p => (p, Loud))]);
        foreach (var peer in peers)
        {
            var numbers = peer.Receive().Where(IsAudio).Select(p => p.Csrc).Order();
            Assert.Equal(peers.Where(p => p != peer).Select(p => (uint)(1000 + p.Id.Value)), numbers);
        }
    }

    [Fact]
    public void ASlotsPacketsCarryMidLevelAndSpeakerNumber()
    {
        var peers = Join(2);
        Speak(200, (peers[0], 25));
        var packet = peers[1].Receive().Last(IsAudio);
        Assert.Equal(1001u, packet.Csrc);
        Assert.Equal("a0"u8.ToArray(), packet.Extension(4));
        Assert.Equal([0x80 | 25], packet.Extension(1));
        Assert.Equal(PeerShape.OpusType, packet.Header.PayloadType);
    }

    [Fact]
    public void FewPeopleKeepTheirSlotsThroughSilence()
    {
        var peers = Join(4);
        Speak(300, [.. peers.Select(p => (p, Loud))]);
        Assert.Equal(12, _harness.Take<SlotFilled>().Count);
        Speak(5000, [.. peers.Select(p => (p, Silent))]);
        Speak(1000, (peers[0], Loud), (peers[1], Silent), (peers[2], Silent), (peers[3], Silent));
        Assert.Empty(_harness.Take<SlotFilled>());
    }

    [Fact]
    public void ANewVoiceTakesTheSlotOfSomebodySilentAndNumbersStayContiguous()
    {
        var peers = Join(5);
        Speak(300, (peers[0], Loud), (peers[1], Loud), (peers[2], Loud));
        var listener = peers[4];
        Speak(3000, (peers[0], Loud), (peers[1], Loud), (peers[2], Silent));
        Assert.Equal(3, _harness.Take<SlotFilled>().Count(e => e.Subscriber == listener.Id));
        var before = listener.Receive().Where(IsAudio).GroupBy(p => p.Ssrc).ToDictionary(g => g.Key, g => g.Last());

        Speak(300, (peers[0], Loud), (peers[1], Loud), (peers[3], Loud));
        var change = _harness.Take<SlotFilled>().Single(e => e.Subscriber == listener.Id);
        Assert.Equal(peers[3].Id, change.Publication!.Value.Transport);
        var first = listener.Receive().First(p => p.Csrc == 1000 + (uint)peers[3].Id.Value);
        var last = before[first.Ssrc];
        Assert.Equal(1003u, last.Csrc);
        Assert.Equal(1, (ushort)(first.Sequence - last.Sequence));
        Assert.True(first.Header.Marker);

        // The clock ran on through the silence that was not forwarded: less than the 3.3 s since that voice spoke, more than nothing.
        Assert.InRange((int)(first.Timestamp - last.Timestamp), 48_000, 3 * 48_000);
    }

    [Fact]
    public void WhoMutesMakesRoomForSomebodyWhoHasNotSpokenYet()
    {
        var peers = Join(5);
        Speak(300, [.. peers.Select(p => (p, Silent))]);
        var listener = peers[4];
        var heard = _harness.Take<SlotFilled>().Where(e => e.Subscriber == listener.Id).Select(e => e.Publication!.Value.Transport).ToList();
        Assert.Equal([peers[0].Id, peers[1].Id, peers[2].Id], heard);

        _harness.Apply(new SetGate(new PublicationId(peers[1].Id, "mic"), false));
        _harness.Advance(100);
        Assert.Equal(peers[3].Id, _harness.Take<SlotFilled>().Single(e => e.Subscriber == listener.Id).Publication!.Value.Transport);
    }

    [Fact]
    public void AFourthVoiceDoesNotInterruptThreeThatSpeak()
    {
        var peers = Join(5);
        Speak(1000, (peers[0], Loud), (peers[1], Loud), (peers[2], Loud));
        _harness.Take<SlotFilled>();
        Speak(2000, (peers[0], 40), (peers[1], 40), (peers[2], 40), (peers[3], 10));
        Assert.DoesNotContain(_harness.Take<SlotFilled>(), e => e.Subscriber == peers[4].Id);
    }

    [Fact]
    public void SpeakersAreToldOnChangeOnly()
    {
        var peers = Join(2);
        Speak(300, (peers[0], Loud), (peers[1], Silent));
        Assert.Equal([peers[0].Id], Speakers(_harness.Take<SpeakersChanged>().Single()));

        // Short pauses between words change nothing.
        for (var i = 0; i < 10; i++)
        {
            Speak(400, (peers[0], Silent), (peers[1], Silent));
            Speak(400, (peers[0], Loud), (peers[1], Silent));
        }

        Assert.Empty(_harness.Take<SpeakersChanged>());
        Speak(4000, (peers[0], Silent), (peers[1], Silent));
        Assert.Empty(Speakers(_harness.Take<SpeakersChanged>().Single()));
    }

    [Fact]
    public void AVoiceBetweenTheThresholdsNeitherStartsNorEnds()
    {
        var peers = Join(2);
        Speak(2000, (peers[0], 55));
        Assert.Empty(_harness.Take<SpeakersChanged>());
        Speak(500, (peers[0], Loud));
        Assert.Single(_harness.Take<SpeakersChanged>());
        Speak(5000, (peers[0], 55));
        Assert.Empty(_harness.Take<SpeakersChanged>());
    }

    [Fact]
    public void OnlySomebodyClearlyLouderOvertakes()
    {
        var peers = Join(3);
        Speak(500, (peers[0], 30));
        Speak(3000, (peers[0], 30), (peers[1], 27));
        Assert.Equal([peers[0].Id, peers[1].Id], Speakers(_harness.Take<SpeakersChanged>().Last()));
        Speak(2000, (peers[0], 40), (peers[1], 20));
        Assert.Equal([peers[1].Id, peers[0].Id], Speakers(_harness.Take<SpeakersChanged>().Single()));
    }

    [Fact]
    public void WithoutALevelAnyPacketIsActivity()
    {
        var speaker = _harness.Join(1, shape: new PeerShape { AudioLevel = false });
        _harness.Join(2);
        Speak(500, (speaker, Loud));
        Assert.Equal([speaker.Id], Speakers(_harness.Take<SpeakersChanged>().Single()));
        _harness.Advance(2000);
        Assert.Empty(Speakers(_harness.Take<SpeakersChanged>().Single()));
    }

    [Fact]
    public void AClosedGateSilencesAtOnce()
    {
        var peers = Join(2);
        Speak(500, (peers[0], Loud));
        _harness.Take<SpeakersChanged>();
        peers[1].Receive();
        _harness.Apply(new SetGate(new PublicationId(peers[0].Id, "mic"), false));
        Speak(300, (peers[0], Loud));
        Assert.DoesNotContain(peers[1].Receive(), IsAudio);
        Assert.Empty(Speakers(_harness.Take<SpeakersChanged>().Single()));
        Assert.True(_harness.Router.Dropped(DropReason.GateClosed) > 0);
    }

    [Fact]
    public void AMoveTakesTheVoiceToTheOtherRoom()
    {
        var peers = Join(2);
        var other = _harness.Join(9, room: 2);
        Speak(500, (peers[0], Loud));
        peers[1].Receive();
        _harness.Take<SlotFilled>();
        _harness.Apply(new MoveTransport(peers[0].Id, new RoomId(2)));
        Assert.Contains(new SlotFilled(peers[1].Id, "a0", null), _harness.Take<SlotFilled>());
        Speak(300, (peers[0], Loud));
        Assert.DoesNotContain(peers[1].Receive(), IsAudio);
        Assert.Contains(other.Receive(), IsAudio);
    }

    private static bool IsAudio(Received packet) => packet.Header.PayloadType == PeerShape.OpusType;

    private static IEnumerable<TransportId> Speakers(SpeakersChanged changed) => changed.Speakers.Select(s => s.Transport);

    private List<TestPeer> Join(int count) => [.. Enumerable.Range(1, count).Select(i => _harness.Join(i))];

    /// <summary>Lets each of the peers send a packet per 20 ms at its level.</summary>
    private void Speak(int milliseconds, params (TestPeer Peer, int Level)[] voices)
    {
        for (var elapsed = 0; elapsed < milliseconds; elapsed += 20)
        {
            foreach (var (peer, level) in voices)
            {
                var sequence = _sequences[peer] = (ushort)(_sequences.GetValueOrDefault(peer, (ushort)65_500) + 1);
                peer.SendAudio(sequence, (uint)(_harness.Now.Milliseconds * 48), level);
            }

            _harness.Advance(20);
        }

        foreach (var peer in _sequences.Keys)
        {
            peer.Check();
        }
    }
}
