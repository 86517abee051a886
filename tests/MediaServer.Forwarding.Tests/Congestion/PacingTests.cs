using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Codecs;

namespace MediaServer.Forwarding.Tests.Congestion;

/// <summary>A subscriber whose bandwidth is known from a REMB (so that the rate is exact), and what leaves towards it when.</summary>
public class PacingTests
{
    private const int Rate = 2_000_000;
    private const int Packet = 1100;

    private readonly RouterHarness _harness = new(new MediaRouterOptions());
    private readonly TestPeer _publisher;
    private readonly TestPeer _subscriber;

    public PacingTests()
    {
        _publisher = _harness.Join(1);
        _subscriber = _harness.Join(2);
        _subscriber.SendRtcp((ref Protocol.Rtcp.RtcpWriter w) => w.AddRemb(1, Rate, [_subscriber.SlotSsrc()]));
        _harness.Show(_subscriber, _publisher);
        _harness.Advance(1000);
        Remb();
        Frame(true, 1);
        _subscriber.Receive();
        _harness.Advance(300);
    }

    [Fact]
    public void AnOrdinaryFrameLeavesWholeAndAtOnce()
    {
        for (var i = 0; i < 30; i++)
        {
            Frame(false, 6);
            Assert.Equal(6, _subscriber.ReceiveVideo().Count);
            _harness.Advance(33);
        }

        Assert.Equal(0, _harness.Router.Congestion.PacedPackets);
    }

    [Fact]
    public void AKeyFrameIsSpreadOverTimeInOrderAndWithoutAGap()
    {
        Frame(true, 60);
        var received = _subscriber.ReceiveVideo();
        Assert.InRange(received.Count, 5, 20);
        var slots = new List<int> { received.Sum(p => p.Bytes.Length) };
        for (var i = 0; i < 60; i++)
        {
            _harness.Advance(5);
            var more = _subscriber.ReceiveVideo();
            slots.Add(more.Sum(p => p.Bytes.Length));
            received.AddRange(more);
        }

        Assert.Equal(60, received.Count);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (ushort)(received[0].Sequence + i)), received.Select(p => p.Sequence));

        // In any 50 ms no more than 2.5 times the rate and one burst.
        for (var i = 0; i + 10 < slots.Count; i++)
        {
            Assert.True(slots.Skip(i).Take(10).Sum() * 8 <= (Rate * 2.5 * 0.05) + (slots[0] * 8));
        }

        Assert.True(slots.Skip(1).Max() * 8 <= Rate * 2.5 * 0.005 + (Packet * 8 * 2));
    }

    [Fact]
    public void AudioNeverWaits()
    {
        _publisher.SendAudio(1, 960);
        _harness.Advance(150);
        Frame(true, 60);
        _subscriber.Receive();
        _publisher.SendAudio(2, 1920);
        Assert.Contains(_subscriber.Receive(), p => p.Ssrc is >= 2100 and < 2103);
        Assert.NotEqual(0, _harness.Router.Congestion.PacedPackets);
    }

    [Fact]
    public void WhatWouldWaitTooLongIsDroppedUpToTheNextKeyFrameAndLeavesNoGap()
    {
        Frame(false, 150);
        var received = _subscriber.ReceiveVideo();
        Assert.NotEqual(0, _harness.Router.Congestion.PacerDrops);
        _harness.Advance(300);
        received.AddRange(_subscriber.ReceiveVideo());
        Assert.InRange(received.Count, 5, 149);

        // Nothing of this frame's followers can be decoded, so nothing of them goes out; a key frame is asked for.
        Assert.Contains(_publisher.Camera.Ssrc, _publisher.TakePictureLoss());
        Frame(false, 3);
        Assert.Empty(_subscriber.ReceiveVideo());
        Frame(true, 3);
        var next = _subscriber.ReceiveVideo();
        Assert.Equal(3, next.Count);
        Assert.Equal((ushort)(received[^1].Sequence + 1), next[0].Sequence);
        Assert.True(Vp8PayloadDescriptor.TryParse(next[0].Payload, out var descriptor) && descriptor.IsKeyFrame);
    }

    [Fact]
    public void TheLeastImportantSlotIsGivenUpFirst()
    {
        Remb(2 * Rate);
        var other = _harness.Join(3);
        _harness.Apply(new AssignSlot(_subscriber.Id, "v1", new PublicationId(other.Id, "camera"), 720, 5));
        foreach (var packet in other.Camera.Build(true, 1, size: Packet))
        {
            other.SendRtp(packet);
        }

        _harness.Advance(100);
        _subscriber.Receive();
        foreach (var packet in other.Camera.Build(false, 100, size: Packet))
        {
            other.SendRtp(packet);
        }

        Frame(false, 250);
        Remb(2 * Rate);
        _harness.Advance(400);
        _subscriber.Receive();
        Assert.NotEqual(0, _harness.Router.Congestion.PacerDrops);
        other.Camera.Frame();
        Frame(false, 1);
        var after = _subscriber.Receive();
        Assert.Contains(after, p => p.Ssrc == _subscriber.SlotSsrc(1));
        Assert.DoesNotContain(after, p => p.Ssrc == _subscriber.SlotSsrc(0));
    }

    private void Remb(ulong rate = Rate) => _subscriber.SendRtcp((ref Protocol.Rtcp.RtcpWriter w) => w.AddRemb(1, rate, [_subscriber.SlotSsrc()]));

    private void Frame(bool key, int packets)
    {
        foreach (var packet in _publisher.Camera.Build(key, packets, size: Packet))
        {
            _publisher.SendRtp(packet);
        }
    }
}
