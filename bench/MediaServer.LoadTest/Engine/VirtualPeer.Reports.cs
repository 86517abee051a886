using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Srtp;

namespace MediaServer.LoadTest.Engine;

/// <summary>RTCP of a virtual peer: what a browser sends, and what it does about what it gets.</summary>
internal sealed partial class VirtualPeer
{
    private const int ReportMilliseconds = 1000;
    private const int MaxCompound = 1200;
    private readonly byte _transportSequenceId;
    private readonly int _feedbackMilliseconds;
    private readonly uint _reporterSsrc = (uint)Random.Shared.Next(1, int.MaxValue);
    private readonly List<IRtpPublication> _publications = [];
    private TwccReceiver? _arrivals;
    private bool _arrivalsPending;
    private MonotonicTime _nextReport = MonotonicTime.Never;
    private MonotonicTime _nextFeedback = MonotonicTime.Never;

    private MonotonicTime NextReportDeadline => MonotonicTime.Min(_nextReport, _nextFeedback);

    /// <summary>What this peer sends; asked for sender reports, told of requests for key frames and retransmissions.</summary>
    public void Publish(IRtpPublication publication) => _publications.Add(publication);

    private void StartReports(MonotonicTime now)
    {
        // Spread over the interval: real participants have not agreed on a beat.
        _nextReport = now.AddMilliseconds(Random.Shared.Next(ReportMilliseconds));
        if (_transportSequenceId != 0 && _feedbackMilliseconds > 0)
        {
            _nextFeedback = now.AddMilliseconds(Random.Shared.Next(_feedbackMilliseconds));
        }
    }

    private void NoteArrival(ReadOnlySpan<byte> packet, long arrivedAt)
    {
        if (_nextFeedback != MonotonicTime.Never && RtpHeader.TryParse(packet, out var header, out _)
            && HeaderExtensions.TryFind(packet, header, _transportSequenceId, out var value) && value.Length == 2)
        {
            _arrivals ??= new TwccReceiver();
            _arrivals.OnPacket(System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(value), new MonotonicTime(arrivedAt));
            _arrivalsPending = true;
        }
    }

    private void SendReports(MonotonicTime now)
    {
        if (now >= _nextReport)
        {
            _nextReport = now.AddMilliseconds(ReportMilliseconds);
            SendReport(now);
        }

        if (now >= _nextFeedback)
        {
            _nextFeedback = now.AddMilliseconds(_feedbackMilliseconds);
            SendFeedback();
        }
    }

    /// <summary>RFC 3550 section 6.4: a sender report for each publication, or one receiver report, with blocks on what is received; then SDES.</summary>
    private void SendReport(MonotonicTime now)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[_streams.Length];
        var count = 0;
        foreach (var stream in _streams)
        {
            if (stream.Received > 0)
            {
                blocks[count++] = stream.Report(now);
            }
        }

        // At most 31 blocks in a report (5 bits); more streams than that are no virtual participant's business.
        blocks = blocks[..Math.Min(count, 31)];
        var buffer = _engine.Reserve();
        var writer = new RtcpWriter(buffer[..MaxCompound]);
        foreach (var publication in _publications)
        {
            publication.WriteReport(ref writer, now);
        }

        if (_publications.Count == 0 || blocks.Length > 0)
        {
            writer.AddReceiverReport(_reporterSsrc, blocks);
            writer.AddSourceDescription(_reporterSsrc, "load"u8);
        }

        CommitRtcp(buffer, writer.Length);
    }

    private void SendFeedback()
    {
        if (!_arrivalsPending || _arrivals is null)
        {
            return;
        }

        _arrivalsPending = false;
        var more = true;
        while (more)
        {
            var buffer = _engine.Reserve();
            var writer = new RtcpWriter(buffer[..MaxCompound]);
            more = _arrivals.TryWriteFeedback(ref writer, _reporterSsrc, _streams.Length > 0 ? _streams[0].Ssrc : 0);
            if (more)
            {
                CommitRtcp(buffer, writer.Length);
                _engine.Counters.FeedbackSent++;
            }
        }
    }

    private void CommitRtcp(Span<byte> buffer, int length)
    {
        if (_srtp is { } srtp && length > 0)
        {
            _engine.Commit(Index, _ice.SelectedAddress, srtp.ProtectRtcp(buffer, length));
        }
    }

    private void OnRtcp(Span<byte> datagram, MonotonicTime now)
    {
        _engine.Counters.RtcpReceived++;
        if (_srtp is null || !_srtp.TryUnprotectRtcp(datagram, out var length, out _))
        {
            return;
        }

        var reader = new RtcpReader(datagram[..length]);
        while (reader.TryReadNext(out var packet, out _))
        {
            switch (packet.Kind)
            {
                case RtcpKind.SenderReport when SenderReportView.TryParse(packet, out var report):
                    Find(report.SenderSsrc)?.OnSenderReport(report.NtpTimestamp, now);
                    break;
                case RtcpKind.PictureLossIndication when PliView.TryParse(packet, out var pli):
                    OnKeyFrameRequest(pli.MediaSsrc);
                    break;
                case RtcpKind.FullIntraRequest when FirView.TryParse(packet, out var fir) && fir.Count > 0:
                    OnKeyFrameRequest(fir[0]);
                    break;
                case RtcpKind.Nack when NackView.TryParse(packet, out var nack):
                    Retransmit(nack);
                    break;
            }
        }
    }

    private void OnKeyFrameRequest(uint ssrc)
    {
        _engine.Counters.KeyFrameRequests++;
        foreach (var publication in _publications)
        {
            if (publication.Ssrc == ssrc)
            {
                publication.WantKeyFrame();
            }
        }
    }

    private void Retransmit(in NackView nack)
    {
        foreach (var publication in _publications)
        {
            if (publication.Ssrc == nack.MediaSsrc)
            {
                foreach (var lost in nack)
                {
                    if (publication.Retransmit(lost))
                    {
                        _engine.Counters.Retransmitted++;
                    }
                }
            }
        }
    }
}
