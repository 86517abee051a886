using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Forwarding.Transports;

/// <summary>The part that writes RTCP. Reduced-size packets (RFC 5506) for feedback, compound ones for reports.</summary>
internal sealed partial class PeerTransport
{
    private const int MaxRtcp = 1200;
    private const int MaxReportBlocks = 24;

    /// <summary>SR (28) and SDES with a CNAME of up to 255 bytes.</summary>
    private const int MaxSlotReport = 28 + 4 + 4 + 2 + 255 + 4;
    private const int MaxNacksPerPacket = 64;
    private const int MaxNackPacket = 12 + (4 * MaxNacksPerPacket);
    private const int PliLength = 12;

    /// <summary>Assumed until a receiver report has told the round trip.</summary>
    private const int AssumedRoundTrip = 50;

    /// <summary>The sender SSRC of this side's feedback.</summary>
    private readonly uint _localSsrc;

    /// <summary>Sender reports of all slots that show something, and one receiver report on all that comes in.</summary>
    private void SendReports(MonotonicTime now)
    {
        SendReceiverReport(now);
        var index = 0;
        var slots = AudioSlots.Count + VideoSlots.Count;
        while (index < slots && TryBeginRtcp(out var buffer))
        {
            var writer = new RtcpWriter(buffer[..MaxRtcp]);
            while (index < slots && writer.Remaining >= MaxSlotReport)
            {
                if (index < AudioSlots.Count)
                {
                    AudioSlots[index].WriteReport(ref writer, now);
                }
                else
                {
                    VideoSlots[index - AudioSlots.Count].WriteReport(ref writer, now);
                }

                index++;
            }

            EndRtcp(buffer, writer.Length);
        }
    }

    private void SendReceiverReport(MonotonicTime now)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[MaxReportBlocks];
        var count = 0;
        foreach (var publication in Publications)
        {
            foreach (var layer in publication.Layers)
            {
                if (layer.Statistics.HasPackets && count < MaxReportBlocks)
                {
                    blocks[count++] = BlockOf(layer, now);
                }
            }
        }

        if (count > 0 && TryBeginRtcp(out var buffer))
        {
            var writer = new RtcpWriter(buffer);
            writer.AddReceiverReport(_localSsrc, blocks[..count]);
            EndRtcp(buffer, writer.Length);
        }
    }

    private static ReportBlock BlockOf(PublicationLayer layer, MonotonicTime now) => new(
        layer.Ssrc,
        layer.Statistics.TakeFractionLost(),
        layer.Statistics.CumulativeLost,
        layer.Statistics.ExtendedHighest,
        layer.Statistics.Jitter,
        layer.LastSenderReport,
        layer.LastSenderReport == 0 ? 0 : (uint)((now - layer.LastSenderReportAt) * 65536 / 1_000_000));

    /// <summary>Asks for missing packets and due key frames. True when something is still open.</summary>
    private bool SendRepairs(MonotonicTime now)
    {
        var open = false;
        Span<ushort> missing = stackalloc ushort[MaxNacksPerPacket];
        foreach (var publication in Publications)
        {
            foreach (var layer in publication.Layers)
            {
                var count = layer.Nacks.Count == 0
                    ? 0
                    : layer.Nacks.Collect(now, RoundTripMilliseconds == 0 ? AssumedRoundTrip : RoundTripMilliseconds, missing);
                if (count > 0 && TryBeginRtcp(out var buffer))
                {
                    var writer = new RtcpWriter(buffer);
                    writer.AddNack(_localSsrc, layer.Ssrc, missing[..count]);
                    EndRtcp(buffer, writer.Length);
                }

                if (layer.Ssrc != 0 && layer.KeyFrames.TryTake(now))
                {
                    SendPictureLoss(layer);
                }

                open |= layer.Nacks.Count > 0 || (layer.Ssrc != 0 && layer.KeyFrames.Wanted);
            }
        }

        return open;
    }

    private void SendPictureLoss(PublicationLayer layer)
    {
        if (TryBeginRtcp(out var buffer))
        {
            var writer = new RtcpWriter(buffer);
            writer.AddPli(_localSsrc, layer.Ssrc);
            EndRtcp(buffer, writer.Length);
        }
    }

    private void SendTransportFeedback()
    {
        var ssrc = FirstRemoteSsrc();
        while (TryBeginRtcp(out var buffer))
        {
            var writer = new RtcpWriter(buffer);
            var written = _twcc.TryWriteFeedback(ref writer, _localSsrc, ssrc);
            EndRtcp(buffer, written ? writer.Length : 0);
            if (!written)
            {
                return;
            }
        }
    }

    /// <summary>Without an estimate a publisher stays at a few hundred kbit/s and sends no upper simulcast layers.</summary>
    private void SendRemb()
    {
        Span<uint> ssrcs = stackalloc uint[MaxReportBlocks];
        var count = 0;
        foreach (var publication in Publications)
        {
            foreach (var layer in publication.Layers)
            {
                if (publication.IsVideo && layer.Ssrc != 0 && layer.HasPackets && count < MaxReportBlocks)
                {
                    ssrcs[count++] = layer.Ssrc;
                }
            }
        }

        if (count > 0 && TryBeginRtcp(out var buffer))
        {
            var writer = new RtcpWriter(buffer);
            writer.AddRemb(_localSsrc, _context.Options.RembBitrate, ssrcs[..count]);
            EndRtcp(buffer, writer.Length);
        }
    }

    private uint FirstRemoteSsrc()
    {
        foreach (var publication in Publications)
        {
            foreach (var layer in publication.Layers)
            {
                if (layer.Ssrc != 0)
                {
                    return layer.Ssrc;
                }
            }
        }

        return 0;
    }

    private bool TryBeginRtcp(out Span<byte> buffer)
    {
        buffer = default;
        if (!IsConnected)
        {
            return false;
        }

        buffer = _context.Egress.Reserve(Destination, MaxRtcp + SrtpSession.MaxRtcpOverhead);
        if (buffer.IsEmpty)
        {
            _context.Drops.Count(DropReason.EgressFull);
            return false;
        }

        return true;
    }

    private void EndRtcp(Span<byte> buffer, int length) =>
        _context.Egress.Commit(length == 0 ? 0 : Srtp!.ProtectRtcp(buffer, length));
}
