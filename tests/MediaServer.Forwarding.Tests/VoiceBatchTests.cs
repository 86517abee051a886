using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests;

/// <summary>In a large room a listener gets what several people say as one row of packets; silence goes to nobody.</summary>
public class VoiceBatchTests
{
    private const int Threshold = 6;

    private readonly RouterHarness _harness = new(new MediaRouterOptions { AudioGroupingMembers = Threshold });
    private readonly List<TestPeer> _speakers;
    private readonly List<TestPeer> _listeners;
    private ushort _sequence;

    public VoiceBatchTests()
    {
        _speakers = [.. Enumerable.Range(1, 3).Select(i => _harness.Join(i))];
        _listeners = [.. Enumerable.Range(4, 4).Select(i => _harness.Join(i))];
        for (var i = 0; i < 30; i++)
        {
            _sequence++;
            _speakers.ForEach(s => Speak(s));
            _harness.Advance(20);
        }

        Forget();
    }

    [Fact]
    public void TheLastVoiceSendsAllToOneListenerAfterTheOther()
    {
        _sequence++;
        Speak(_speakers[0]);
        Speak(_speakers[1]);
        Assert.All(_listeners, l => Assert.Empty(l.Receive()));
        Speak(_speakers[2]);
        var listeners = _harness.Egress.Order.Where(a => _listeners.Any(l => l.Address == a)).ToList();
        Assert.Equal(_listeners.SelectMany(l => Enumerable.Repeat(l.Address, 3)), listeners);
    }

    [Fact]
    public void AVoiceWaitsForTheOthersTenMillisecondsAtMost()
    {
        _sequence++;
        Speak(_speakers[0]);
        _harness.Advance(9);
        Assert.Empty(_listeners[0].Receive());
        _harness.Advance(1);
        Assert.Equal(1001u, Assert.Single(_listeners[0].Receive()).Csrc);
    }

    [Fact]
    public void VoicesOfDifferentLengthArePaddedToOneLength()
    {
        _sequence++;
        for (var i = 0; i < 3; i++)
        {
            Speak(_speakers[i], extra: i * 10);
        }

        var received = _listeners[0].Receive();
        Assert.Single(received.Select(p => p.Bytes.Length).Distinct());
        Assert.Equal([4, 14, 24], received.OrderBy(p => p.Csrc).Select(p => p.Payload.Length));
    }

    [Fact]
    public void ASmallRoomWaitsForNobody()
    {
        _harness.Apply(new CloseTransport(_listeners[3].Id));
        _harness.Apply(new CloseTransport(_listeners[2].Id));
        _sequence++;
        Speak(_speakers[0]);
        Assert.Single(_listeners[0].Receive());
    }

    [Fact]
    public void MutingDropsWhatWaits()
    {
        _sequence++;
        Speak(_speakers[0]);
        _harness.Apply(new SetGate(new PublicationId(_speakers[0].Id, "mic"), false));
        _harness.Advance(20);
        Assert.Empty(_listeners[0].Receive());
    }

    [Fact]
    public void SilenceThatLastsIsNotForwardedAndTheNextWordIs()
    {
        for (var i = 0; i < 100; i++)
        {
            _sequence++;
            Speak(_speakers[0], level: 90);
            _harness.Advance(20);
        }

        Forget();
        _sequence++;
        Speak(_speakers[0], level: 90);
        _harness.Advance(20);
        Assert.Empty(_listeners[0].Receive());
        Assert.True(_harness.Router.Dropped(DropReason.Silence) > 10);

        _sequence++;
        Speak(_speakers[0]);
        _harness.Advance(20);
        var word = Assert.Single(_listeners[0].Receive());
        Assert.True(word.Header.Marker, "a talkspurt begins (RFC 3551 section 4.1)");
    }

    private void Speak(TestPeer speaker, int level = 30, int extra = 0) => speaker.Send(speaker.BuildAudio(_sequence, _sequence * 960u, level, extra));

    private void Forget()
    {
        _listeners.ForEach(l => l.Receive());
        _harness.Egress.Order.Clear();
    }
}
