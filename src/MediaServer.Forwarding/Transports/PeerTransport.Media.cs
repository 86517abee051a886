using System.Buffers.Binary;
using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Transports;

/// <summary>The part that takes RTP and RTCP.</summary>
internal sealed partial class PeerTransport
{
    private const int MaxRoundTripMilliseconds = 2000;

    private readonly TwccReceiver _twcc = new();
    private byte _twccId;
    private double _roundTrip;
    private double _downlinkLossSum;
    private int _downlinkReports;

    /// <summary>As measured from the peer's receiver reports, 0 unknown.</summary>
    public int RoundTripMilliseconds => (int)_roundTrip;

    public void OnRtp(Span<byte> datagram, MonotonicTime now)
    {
        if (Srtp is null)
        {
            _context.Drops.Count(DropReason.SrtpNotReady);
            return;
        }

        if (!Srtp.TryUnprotectRtp(datagram, out var length, out var reason)
            || !RtpHeader.TryParse(datagram[..length], out var header, out reason))
        {
            _context.Drops.Count(reason);
            return;
        }

        var packet = datagram[..length];
        if (_twccId != 0 && HeaderExtensions.TryFind(packet, header, _twccId, out var number) && number.Length >= 2)
        {
            _twcc.OnPacket(BinaryPrimitives.ReadUInt16BigEndian(number), now);
            StartTransportFeedback(now);
        }

        if (!_streams.TryFind(header.Ssrc, out var stream) && !_streams.TryLearn(packet, header, out stream))
        {
            _context.Drops.Count(DropReason.RtpUnknownSsrc);
            return;
        }

        if (stream.IsRtx)
        {
            OnRetransmission(stream.Layer, packet, header, now);
        }
        else
        {
            stream.Layer.Publication.OnRtp(stream.Layer, packet, header, false, now);
        }

        StartRepair(stream.Layer, now);
    }

    public void OnRtcp(Span<byte> datagram, MonotonicTime now)
    {
        if (Srtp is null)
        {
            _context.Drops.Count(DropReason.SrtpNotReady);
            return;
        }

        if (!Srtp.TryUnprotectRtcp(datagram, out var length, out var reason))
        {
            _context.Drops.Count(reason);
            return;
        }

        var reader = new RtcpReader(datagram[..length]);
        while (reader.TryReadNext(out var packet, out reason))
        {
            if (!OnRtcpPacket(packet, now))
            {
                reason = DropReason.RtcpMalformed;
                break;
            }
        }

        if (reason != DropReason.None)
        {
            _context.Drops.Count(reason);
        }
    }

    /// <summary>Asks this publisher for a key frame of <paramref name="layer"/>, now or as soon as its limit allows.</summary>
    public void RequestKeyFrame(PublicationLayer layer, MonotonicTime now)
    {
        layer.KeyFrames.Request();
        if (IsConnected)
        {
            StartRepair(layer, now);
        }
    }

    /// <summary>RFC 4588 section 4: the payload starts with the original sequence number; put the packet back as it was.</summary>
    private void OnRetransmission(PublicationLayer layer, Span<byte> packet, in RtpHeader header, MonotonicTime now)
    {
        var payload = packet.Slice(header.HeaderLength, header.PayloadLength);
        if (!RtxPayload.TryReadOriginal(payload, out var original))
        {
            // Padding that probes for bandwidth.
            return;
        }

        if (layer.Publication.FindRepairedCodec(header.PayloadType) is not { } codec)
        {
            _context.Drops.Count(DropReason.RtpUnknownPayloadType);
            return;
        }

        if (!layer.HasPackets)
        {
            _context.Drops.Count(DropReason.RtpUnknownSsrc);
            return;
        }

        packet[..header.HeaderLength].CopyTo(packet[RtxPayload.HeaderLength..]);
        var restored = packet[RtxPayload.HeaderLength..];
        restored[1] = (byte)((restored[1] & 0x80) | codec.PayloadType);
        BinaryPrimitives.WriteUInt16BigEndian(restored[2..], original);
        BinaryPrimitives.WriteUInt32BigEndian(restored[8..], layer.Ssrc);
        if (RtpHeader.TryParse(restored, out var restoredHeader, out var reason))
        {
            layer.Publication.OnRtp(layer, restored, restoredHeader, true, now);
        }
        else
        {
            _context.Drops.Count(reason);
        }
    }

    private bool OnRtcpPacket(in RtcpPacket packet, MonotonicTime now)
    {
        switch (packet.Kind)
        {
            case RtcpKind.SenderReport:
                if (!SenderReportView.TryParse(packet, out var sender))
                {
                    return false;
                }

                OnSenderReport(sender, now);
                return true;

            case RtcpKind.ReceiverReport:
                if (!ReceiverReportView.TryParse(packet, out var receiver))
                {
                    return false;
                }

                OnReportBlocks(receiver.Reports, now);
                return true;

            case RtcpKind.Nack:
                if (!NackView.TryParse(packet, out var nack))
                {
                    return false;
                }

                OnNack(nack, now);
                return true;

            case RtcpKind.TransportFeedback:
                return OnTransportFeedback(packet, now);

            case RtcpKind.Remb:
                return OnRemb(packet, now);

            case RtcpKind.PictureLossIndication:
                if (!PliView.TryParse(packet, out var pli))
                {
                    return false;
                }

                OnKeyFrameRequest(pli.MediaSsrc, now);
                return true;

            case RtcpKind.FullIntraRequest:
                if (!FirView.TryParse(packet, out var fir))
                {
                    return false;
                }

                for (var i = 0; i < fir.Count; i++)
                {
                    OnKeyFrameRequest(fir[i], now);
                }

                return true;

            case RtcpKind.Bye:
                if (!ByeView.TryParse(packet, out var bye))
                {
                    return false;
                }

                for (var i = 0; i < bye.Count; i++)
                {
                    if (_streams.TryFind(bye[i], out var stream) && !stream.IsRtx)
                    {
                        stream.Layer.OnBye();
                    }
                }

                return true;

            default:
                return true;
        }
    }

    private void OnSenderReport(in SenderReportView report, MonotonicTime now)
    {
        if (_streams.TryFind(report.SenderSsrc, out var stream) && !stream.IsRtx)
        {
            Clock.OnSenderReport(report.NtpTimestamp, _context.NtpAt(now));
            stream.Layer.OnSenderReport(report.NtpTimestamp, report.RtpTimestamp, now);
        }

        OnReportBlocks(report.Reports, now);
    }

    /// <summary>Round trip from LSR and DLSR, RFC 3550 section 6.4.1; both are in 1/65536 s.</summary>
    private void OnReportBlocks(ReportBlocks blocks, MonotonicTime now)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            _downlinkLossSum += block.FractionLost / 256.0;
            _downlinkReports++;
            if (_videoSlotsBySsrc.ContainsKey(block.Ssrc))
            {
                Downlink?.OnReceiverLoss(block.FractionLost / 256.0, now);
            }

            if (block.LastSr == 0)
            {
                continue;
            }

            var ticks = (int)(NtpTime.Middle32(_context.NtpAt(now)) - block.LastSr - block.DelaySinceLastSr);
            var milliseconds = ticks * 1000.0 / 65536;
            if (milliseconds is >= 0 and < MaxRoundTripMilliseconds)
            {
                _roundTrip = _roundTrip == 0 ? Math.Max(1, milliseconds) : (_roundTrip * 0.7) + (milliseconds * 0.3);
            }
        }
    }

    private void OnNack(in NackView nack, MonotonicTime now)
    {
        if (_videoSlotsBySsrc.TryGetValue(nack.MediaSsrc, out var slot))
        {
            foreach (var sequence in nack)
            {
                slot.OnNack(sequence, RoundTripMilliseconds, now);
            }
        }
    }

    private void OnKeyFrameRequest(uint mediaSsrc, MonotonicTime now)
    {
        if (_videoSlotsBySsrc.TryGetValue(mediaSsrc, out var slot))
        {
            slot.OnKeyFrameRequest(now);
        }
    }
}
