using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Tests;

public class ReportTests
{
    private readonly RouterHarness _harness = new();
    private readonly TestPeer _publisher;
    private readonly TestPeer _subscriber;

    public ReportTests()
    {
        _publisher = _harness.Join(1);
        _subscriber = _harness.Join(2);
        _harness.Show(_subscriber, _publisher);
    }

    [Fact]
    public void SenderReportsOfSlotsKeepPictureAndVoiceInStep()
    {
        // The publisher's clock is years off. At its second 100 the camera is at 9_000_000 and the microphone at 480_000.
        _publisher.Camera.Timestamp = 9_000_000 - TestVideo.FrameTicks;
        _publisher.SendRtcp((ref RtcpWriter w) => w.AddSenderReport(_publisher.Camera.Ssrc, 100UL << 32, 9_000_000, 1, 1));
        _publisher.SendRtcp((ref RtcpWriter w) => w.AddSenderReport(_publisher.MicSsrc, 100UL << 32, 480_000, 1, 1));
        _publisher.SendAudio(1, 480_000);
        _harness.Advance(120);
        _publisher.Camera.KeyFrame();
        _publisher.SendAudio(2, 480_960);
        var media = _subscriber.Receive();
        var video = media.Last(p => p.Ssrc == _subscriber.SlotSsrc());
        var audio = media.Last(p => p.Csrc == 1001);

        _harness.Advance(1500);
        _subscriber.Receive();
        var reports = SenderReports(_subscriber.Rtcp);
        var ofVideo = reports[_subscriber.SlotSsrc()];
        var ofAudio = reports[audio.Ssrc];
        Assert.Equal(1u, ofVideo.Packets);
        Assert.Equal(40u, ofVideo.Octets);

        // By the reports of the slots: when were the two packets captured? The camera's at 100 s, the microphone's 20 ms later.
        var capturedVideo = Seconds(ofVideo.Ntp) + ((int)(video.Timestamp - ofVideo.Timestamp) / 90_000.0);
        var capturedAudio = Seconds(ofAudio.Ntp) + ((int)(audio.Timestamp - ofAudio.Timestamp) / 48_000.0);
        Assert.Equal(0.020, capturedAudio - capturedVideo, 0.0005);

        // And the time is the server's.
        Assert.InRange(Seconds(RouterHarness.NtpAt(_harness.Now)) - Seconds(ofVideo.Ntp), 0, 2);
    }

    [Fact]
    public void ReceiverReportsTellLossJitterAndTheLastSenderReport()
    {
        _publisher.Camera.KeyFrame();
        _publisher.SendRtcp((ref RtcpWriter w) => w.AddSenderReport(_publisher.Camera.Ssrc, 0x1234_5678_9ABC_DEF0, 1, 1, 1));
        for (var i = 0; i < 6; i++)
        {
            _publisher.Camera.Frame();
        }

        _publisher.Camera.Build();
        _publisher.Camera.Build();
        _publisher.Camera.Frame();
        _harness.Advance(700);
        _publisher.Receive();
        var block = ReportBlocks(_publisher.Rtcp).Single();
        Assert.Equal(_publisher.Camera.Ssrc, block.Ssrc);
        Assert.Equal(2, block.CumulativeLost);
        Assert.Equal(2 * 256 / 10, block.FractionLost);
        Assert.Equal(0x5678_9ABCu, block.LastSr);
        Assert.InRange(block.DelaySinceLastSr, 1u, 65_536u);
        Assert.Equal((ushort)(_publisher.Camera.Sequence - 1), (ushort)block.ExtendedHighest);
        Assert.True(block.Jitter > 0);
    }

    [Fact]
    public void PublishersOfVideoGetAnEstimateTwiceASecond()
    {
        _publisher.Camera.KeyFrame();
        _harness.Advance(500);
        _publisher.Receive();
        var remb = Packets(_publisher.Rtcp, RtcpKind.Remb);
        Assert.InRange(remb, 1, 2);
        _harness.Advance(5000);
        _publisher.Receive();
        Assert.Equal(10, Packets(_publisher.Rtcp, RtcpKind.Remb));
        _subscriber.Receive();
        Assert.Equal(0, Packets(_subscriber.Rtcp, RtcpKind.Remb));
    }

    [Fact]
    public void TransportFeedbackComesWhileNumberedPacketsArrive()
    {
        _publisher.Camera.TransportSequence = 1;
        _publisher.Camera.KeyFrame(packets: 3);
        _harness.Advance(60);
        _publisher.Receive();
        Assert.Equal(1, Packets(_publisher.Rtcp, RtcpKind.TransportFeedback));
        _harness.Advance(500);
        _publisher.Receive();
        Assert.Equal(0, Packets(_publisher.Rtcp, RtcpKind.TransportFeedback));
    }

    [Fact]
    public void QualityTellsLossOfBothDirectionsAndTheRoundTrip()
    {
        _harness.Advance(100);
        var sent = (uint)(RouterHarness.NtpAt(_harness.Now) >> 16);
        _harness.Advance(80);
        _subscriber.SendRtcp((ref RtcpWriter w) =>
            w.AddReceiverReport(1, [new ReportBlock(_subscriber.SlotSsrc(), 64, 0, 0, 0, sent, 0)]));
        _publisher.Camera.KeyFrame();
        _publisher.Camera.Build();
        _publisher.Camera.Frame();
        _publisher.Camera.Frame();
        _harness.Advance(2000);
        var quality = _harness.Take<TransportQuality>();
        var publisher = quality.First(q => q.Transport == _publisher.Id);
        var subscriber = quality.First(q => q.Transport == _subscriber.Id);
        Assert.Equal(0.25, publisher.UplinkLoss, 0.001);
        Assert.Equal(0.25, subscriber.DownlinkLoss, 0.001);
        Assert.Equal(80, subscriber.RoundTripMs, 1.0);
        Assert.Equal(0, publisher.DownlinkLoss);
    }

    private static double Seconds(ulong ntp) => ntp / 4294967296.0;

    private static Dictionary<uint, (ulong Ntp, uint Timestamp, uint Packets, uint Octets)> SenderReports(List<byte[]> compounds)
    {
        var found = new Dictionary<uint, (ulong, uint, uint, uint)>();
        foreach (var compound in compounds)
        {
            var reader = new RtcpReader(compound);
            while (reader.TryReadNext(out var packet, out _))
            {
                if (packet.Kind == RtcpKind.SenderReport && SenderReportView.TryParse(packet, out var view))
                {
                    found[view.SenderSsrc] = (view.NtpTimestamp, view.RtpTimestamp, view.PacketCount, view.OctetCount);
                }
            }
        }

        return found;
    }

    private static List<ReportBlock> ReportBlocks(List<byte[]> compounds)
    {
        var found = new List<ReportBlock>();
        foreach (var compound in compounds)
        {
            var reader = new RtcpReader(compound);
            while (reader.TryReadNext(out var packet, out _))
            {
                if (packet.Kind == RtcpKind.ReceiverReport && ReceiverReportView.TryParse(packet, out var view))
                {
                    for (var i = 0; i < view.Reports.Count; i++)
                    {
                        found.Add(view.Reports[i]);
                    }
                }
            }
        }

        return found;
    }

    private static int Packets(List<byte[]> compounds, RtcpKind kind)
    {
        var count = 0;
        foreach (var compound in compounds)
        {
            var reader = new RtcpReader(compound);
            while (reader.TryReadNext(out var packet, out _))
            {
                count += packet.Kind == kind ? 1 : 0;
            }
        }

        return count;
    }
}
