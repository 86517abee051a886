using System.Buffers.Binary;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Tests;

public class RepairTests
{
    private readonly RouterHarness _harness = new();
    private readonly TestPeer _publisher;
    private readonly TestPeer _subscriber;

    public RepairTests()
    {
        _publisher = _harness.Join(1);
        _subscriber = _harness.Join(2, shape: new PeerShape { Vp8Type = 120, RtxType = 124 });
        _harness.Show(_subscriber, _publisher);
    }

    [Fact]
    public void MissingPacketsAreAskedForAgainAndAgainAndThenGivenUp()
    {
        _publisher.Camera.KeyFrame();
        var lost = _publisher.Camera.Sequence;
        _publisher.Camera.Build();
        _publisher.Camera.Frame();
        Assert.Empty(_publisher.TakeNacks(_publisher.Camera.Ssrc));
        _harness.Advance(20);
        Assert.Equal([lost], _publisher.TakeNacks(_publisher.Camera.Ssrc));
        _harness.Advance(3000);
        Assert.Equal(Enumerable.Repeat(lost, 9), _publisher.TakeNacks(_publisher.Camera.Ssrc));
    }

    [Fact]
    public void AReorderedPacketIsNotAskedFor()
    {
        _publisher.Camera.KeyFrame();
        var late = _publisher.Camera.Build().Single();
        _publisher.Camera.Frame();
        _harness.Advance(4);
        _publisher.SendRtp(late);
        _harness.Advance(100);
        Assert.Empty(_publisher.TakeNacks(_publisher.Camera.Ssrc));
    }

    [Fact]
    public void AKeyFrameEndsTheSearchForWhatWasBefore()
    {
        _publisher.Camera.KeyFrame();
        _publisher.Camera.Build();
        _publisher.Camera.KeyFrame();
        _harness.Advance(100);
        Assert.Empty(_publisher.TakeNacks(_publisher.Camera.Ssrc));
    }

    [Fact]
    public void ARetransmissionFromThePublisherIsUnwrappedAndForwarded()
    {
        _publisher.Camera.KeyFrame();
        var lost = _publisher.Camera.Build(mark: 55).Single();
        _publisher.Camera.Frame();
        _publisher.SendRtp(_publisher.Camera.Retransmission(lost, 1003, 9));
        var received = _subscriber.ReceiveVideo();
        Assert.Equal(3, received.Count);
        Assert.Equal(55, received[2].Mark);
        Assert.Equal(1, (ushort)(received[2].Sequence - received[0].Sequence));
        _harness.Advance(100);
        Assert.Empty(_publisher.TakeNacks(_publisher.Camera.Ssrc));
    }

    [Fact]
    public void ASubscribersNackIsAnsweredThroughRtxOncePerRoundTrip()
    {
        _publisher.Camera.KeyFrame();
        _publisher.Camera.Frame(mark: 66);
        _publisher.Camera.Frame();
        var original = _subscriber.ReceiveVideo()[1];
        Nack(original.Sequence);
        Nack(original.Sequence);
        var resent = _subscriber.Receive().Single();
        Assert.Equal(_subscriber.SlotRtxSsrc(), resent.Ssrc);
        Assert.Equal(124, resent.Header.PayloadType);
        Assert.Equal(original.Timestamp, resent.Timestamp);
        Assert.Equal(original.Sequence, BinaryPrimitives.ReadUInt16BigEndian(resent.Payload));
        Assert.Equal(original.Payload, resent.Payload[2..]);

        _harness.Advance(60);
        _subscriber.Receive();
        Nack(original.Sequence);
        Assert.Equal((ushort)(resent.Sequence + 1), _subscriber.Receive().Single().Sequence);
    }

    [Fact]
    public void WithoutRtxTheSamePacketIsSentAgain()
    {
        var plain = _harness.Join(3, shape: new PeerShape { RtxType = null });
        _harness.Show(plain, _publisher);
        _publisher.Camera.KeyFrame(mark: 1);
        var original = plain.ReceiveVideo().Single();
        plain.SendRtcp((ref RtcpWriter w) => w.AddNack(1, plain.SlotSsrc(), [original.Sequence]));
        var datagram = _harness.Egress.Take(plain.Address).Single();
        Assert.Equal(original.Sequence, BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(2)));
        Assert.Equal(original.Ssrc, BinaryPrimitives.ReadUInt32BigEndian(datagram.AsSpan(8)));
    }

    /// <summary>It has the same number and so the same nonce, under which no second message may be encrypted: not even one that is padded otherwise.</summary>
    [Fact]
    public void WithoutRtxNoByteDiffersTheSecondTime()
    {
        var plain = _harness.Join(3, shape: new PeerShape { RtxType = null });
        _harness.Show(plain, _publisher);
        _publisher.Camera.KeyFrame();
        plain.Receive();
        var frame = new[] { 1000, 1001 }.Select((size, i) => _publisher.Camera.Build(packets: 1, size: size, mark: (byte)i).Single()).ToList();
        frame[0][1] &= 0x7F;
        _publisher.SendRtp(frame[0]);
        _publisher.SendRtp(frame[1]);
        var first = _harness.Egress.Take(plain.Address);
        Assert.Equal(2, first.Count);
        foreach (var datagram in first)
        {
            plain.SendRtcp((ref RtcpWriter w) => w.AddNack(1, plain.SlotSsrc(), [BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(2))]));
            Assert.Equal(datagram, _harness.Egress.Take(plain.Address).Single());
        }
    }

    [Fact]
    public void NackForWhatWasNeverSentIsIgnored()
    {
        _publisher.Camera.KeyFrame();
        var original = _subscriber.ReceiveVideo().Single();
        Nack((ushort)(original.Sequence + 1));
        Nack((ushort)(original.Sequence - 1));
        Assert.Empty(_subscriber.Receive());
    }

    [Fact]
    public void KeyFrameRequestsAreCoalescedAndThrottled()
    {
        _publisher.Camera.KeyFrame();
        _harness.Advance(1000);
        _publisher.Camera.Frame();
        _publisher.TakePictureLoss();
        for (var i = 0; i < 10; i++)
        {
            _subscriber.SendRtcp((ref RtcpWriter w) => w.AddPli(1, _subscriber.SlotSsrc()));
            _subscriber.SendRtcp((ref RtcpWriter w) => w.AddFir(1, _subscriber.SlotSsrc(), (byte)i));
        }

        Assert.Equal([_publisher.Camera.Ssrc], _publisher.TakePictureLoss());
        _harness.Advance(_harness.Options.KeyFrameRequestInterval - 20);
        Assert.Empty(_publisher.TakePictureLoss());
        _harness.Advance(40);
        Assert.Single(_publisher.TakePictureLoss());
        _harness.Advance(3000);
        Assert.Empty(_publisher.TakePictureLoss());
    }

    [Fact]
    public void AWaitingSlotRepeatsItsRequestUntilTheKeyFrameComes()
    {
        _publisher.Camera.Frame();
        _harness.Advance(1200);
        Assert.InRange(_publisher.TakePictureLoss().Count, 3, 4);
        _publisher.Camera.KeyFrame();
        _publisher.TakePictureLoss();
        _harness.Advance(1200);
        Assert.Empty(_publisher.TakePictureLoss());
    }

    private void Nack(ushort sequence) =>
        _subscriber.SendRtcp((ref RtcpWriter w) => w.AddNack(1, _subscriber.SlotSsrc(), [sequence]));
}
