using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Tests;

public class VideoForwardingTests
{
    private readonly RouterHarness _harness = new();
    private readonly TestPeer _publisher;
    private readonly TestPeer _subscriber;

    public VideoForwardingTests()
    {
        _publisher = _harness.Join(1);
        _subscriber = _harness.Join(2, shape: new PeerShape { Vp8Type = 120, RtxType = 124 });
        _harness.Show(_subscriber, _publisher);
    }

    [Fact]
    public void ASlotStartsAtAKeyFrame()
    {
        _publisher.Camera.Frame();
        Assert.Empty(_subscriber.ReceiveVideo());
        Assert.Empty(_harness.Take<SlotFilled>());

        _publisher.Camera.KeyFrame(packets: 2, mark: 7);
        var received = _subscriber.ReceiveVideo();
        Assert.Equal(2, received.Count);
        Assert.All(received, p => Assert.Equal(7, p.Mark));
        Assert.True(received[0].Vp8.IsKeyFrame);
        Assert.Equal([false, true], received.Select(p => p.Header.Marker));
        Assert.Equal(new SlotFilled(_subscriber.Id, "v0", new PublicationId(_publisher.Id, "camera")), _harness.Take<SlotFilled>().Single());
    }

    [Fact]
    public void PayloadTypeAndExtensionsAreThoseOfTheSlot()
    {
        _publisher.Camera.Orientation = 3;
        _publisher.Camera.KeyFrame();
        var packet = _subscriber.ReceiveVideo().Single();
        Assert.Equal(120, packet.Header.PayloadType);
        Assert.Equal("v0"u8.ToArray(), packet.Extension(_subscriber.Shape.Extensions.Mid));
        Assert.Equal([3], packet.Extension(_subscriber.Shape.Extensions.VideoOrientation));
        Assert.Equal([0, 1], packet.Extension(_subscriber.Shape.Extensions.TransportSequenceNumber));
    }

    [Fact]
    public void NumbersStayContiguousOverWraparound()
    {
        // Sequence number, picture id and TL0PICIDX of the source all wrap within these frames.
        _publisher.Camera.KeyFrame();
        for (var i = 0; i < 20; i++)
        {
            _publisher.Camera.Frame(packets: 2);
        }

        AssertContiguous(_subscriber.ReceiveVideo(), 41);
    }

    [Fact]
    public void NumbersStayContiguousFromOneSourceToTheNext()
    {
        var other = _harness.Join(3);
        other.Camera.Sequence = 100;
        other.Camera.Timestamp = 77;
        other.Camera.PictureId = 5;
        other.Camera.Tl0PicIdx = 9;
        _publisher.Camera.KeyFrame();
        _publisher.Camera.Frame();
        _harness.Show(_subscriber, other);
        _publisher.Camera.Frame();
        _harness.Advance(40);
        other.Camera.Frame();
        other.Camera.KeyFrame(mark: 9);
        other.Camera.Frame(mark: 9);

        var received = _subscriber.ReceiveVideo();
        AssertContiguous(received, 4);
        Assert.Equal([0, 0, 9, 9], received.Select(p => (int)p.Mark));

        // 40 ms of 90 kHz went by between the two.
        Assert.Equal(3600u, received[2].Timestamp - received[1].Timestamp);
    }

    [Fact]
    public void PaddingLeavesNoGap()
    {
        _publisher.Camera.KeyFrame();
        _publisher.Camera.Padding();
        _publisher.Camera.Padding();
        _publisher.Camera.Frame();
        _publisher.Camera.Padding();
        _publisher.Camera.Frame();
        AssertContiguous(_subscriber.ReceiveVideo(), 3);
    }

    [Fact]
    public void PaddingThatComesLateFillsItsNumberWithAnEmptyPacket()
    {
        _publisher.Camera.KeyFrame();
        var padding = _publisher.Camera.BuildPadding();
        _publisher.Camera.Frame();
        _publisher.SendRtp(padding);
        var received = _subscriber.ReceiveVideo();
        Assert.Equal([0, 2, 1], received.Select(p => (ushort)(p.Sequence - received[0].Sequence)).Select(n => (int)n));
        Assert.Empty(received[2].Payload);
    }

    [Fact]
    public void LossStaysAGapAndALatePacketFillsIt()
    {
        _publisher.Camera.KeyFrame();
        _publisher.Camera.Padding();
        var lost = _publisher.Camera.Build(mark: 42).Single();
        _publisher.Camera.Padding();
        _publisher.Camera.Frame();
        _publisher.SendRtp(lost);
        var received = _subscriber.ReceiveVideo();
        Assert.Equal([0, 2, 1], received.Select(p => (int)(ushort)(p.Sequence - received[0].Sequence)));
        Assert.Equal(42, received[2].Mark);
        Assert.Equal(1, (received[2].Vp8.PictureId - received[0].Vp8.PictureId) & 0x7FFF);
    }

    [Fact]
    public void AKeyFrameWhoseFirstPacketComesLastIsCompleted()
    {
        var packets = _publisher.Camera.Build(key: true, packets: 4);
        foreach (var packet in packets.Skip(1).Append(packets[0]))
        {
            _publisher.SendRtp(packet);
        }

        AssertContiguous(_subscriber.ReceiveVideo(), 4, frames: false);
    }

    [Fact]
    public void DuplicatesAreNotForwarded()
    {
        _publisher.Camera.KeyFrame();
        var frame = _publisher.Camera.Build().Single();
        _publisher.SendRtp(frame);
        _publisher.SendRtp(_publisher.Camera.Retransmission(frame, 1003, 1));
        Assert.Equal(2, _subscriber.ReceiveVideo().Count);
        Assert.Equal(1, _harness.Router.Dropped(DropReason.RtpDuplicate));
    }

    [Fact]
    public void APublicationWithoutSubscribersIsCounted()
    {
        _harness.Show(_subscriber, null);
        _publisher.Camera.KeyFrame();
        Assert.Equal(1, _harness.Router.Dropped(DropReason.NoSubscriber));
    }

    [Fact]
    public void AFullEgressIsCountedAndDoesNoHarm()
    {
        _publisher.Camera.KeyFrame();
        _harness.Egress.IsFull = true;
        _publisher.Camera.Frame();
        _harness.Egress.IsFull = false;
        _publisher.Camera.Frame();
        Assert.Equal(1, _harness.Router.Dropped(DropReason.EgressFull));
        var received = _subscriber.ReceiveVideo();
        Assert.Equal(2, (ushort)(received[1].Sequence - received[0].Sequence));
    }

    [Fact]
    public void APayloadTypeThatWasNotNegotiatedIsDroppedWithoutAGap()
    {
        _publisher.Camera.KeyFrame();
        var strange = _publisher.Camera.Build().Single();
        strange[1] = 50;
        _publisher.SendRtp(strange);
        _publisher.Camera.Frame();
        AssertContiguous(_subscriber.ReceiveVideo(), 2, frames: false);
        Assert.Equal(1, _harness.Router.Dropped(DropReason.RtpUnknownPayloadType));
    }

    [Fact]
    public void ASubscriberWithoutTheCodecGetsNothing()
    {
        var h264 = new NegotiatedCodec(MediaCodec.H264, 102, 103, 90_000, "packetization-mode=1;profile-level-id=42e01f");
        var other = _harness.Join(5, shape: new PeerShape { VideoCodec = h264 });
        _harness.Show(other, _publisher);
        _publisher.Camera.KeyFrame();
        Assert.Empty(other.ReceiveVideo());
    }

    [Fact]
    public void H264IsForwardedFromAKeyFrameOn()
    {
        var h264 = new NegotiatedCodec(MediaCodec.H264, 102, 103, 90_000, "packetization-mode=1;profile-level-id=42e01f");
        var shape = new PeerShape { VideoCodec = h264, Vp8Type = 102 };
        var publisher = _harness.Join(5, shape: shape);
        var subscriber = _harness.Join(6, shape: shape);
        _harness.Show(subscriber, publisher);
        publisher.SendRtp(H264(publisher, 10, [0x41, 1, 2]));
        publisher.SendRtp(H264(publisher, 11, [0x65, 1, 2]));
        publisher.SendRtp(H264(publisher, 12, [0x41, 1, 2]));
        Assert.Equal([0x65, 0x41], subscriber.ReceiveVideo().Select(p => (int)p.Payload[0]));
    }

    private static byte[] H264(TestPeer peer, ushort sequence, byte[] payload)
    {
        var buffer = new byte[100];
        var writer = new Protocol.Rtp.RtpWriter(buffer);
        writer.WriteHeader(102, true, sequence, sequence * 3000u, peer.Camera.Ssrc);
        writer.WritePayload(payload);
        return buffer[..writer.Length];
    }

    private static void AssertContiguous(List<Received> received, int count, bool frames = true)
    {
        Assert.Equal(count, received.Count);
        foreach (var (previous, next) in received.Zip(received.Skip(1)))
        {
            Assert.Equal(1, (ushort)(next.Sequence - previous.Sequence));
            if (frames)
            {
                var newFrame = next.Timestamp != previous.Timestamp ? 1 : 0;
                Assert.Equal(newFrame, (next.Vp8.PictureId - previous.Vp8.PictureId) & 0x7FFF);
                Assert.Equal(newFrame, (next.Vp8.Tl0PicIdx - previous.Vp8.Tl0PicIdx) & 0xFF);
            }
        }
    }
}
