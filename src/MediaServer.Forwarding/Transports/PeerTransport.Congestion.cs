using MediaServer.Forwarding.Allocation;
using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Subscriptions;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Transports;

/// <summary>The part that keeps video within what goes through to this subscriber: estimate, allocation, pacing and probing.</summary>
internal sealed partial class PeerTransport
{
    /// <summary>How often a queue or a probe is looked at while there is one.</summary>
    private const int PacingMilliseconds = 5;

    /// <summary>Assumed of each audio slot that is filled, all headers included.</summary>
    private const long AudioSlotBitrate = 55_000;

    /// <summary>Sending this share of the estimate (percent) and having to go down means: stop now, not at the next key frame.</summary>
    private const int OverfullPercent = 120;

    private UpgradeHold _hold;
    private AllocationSummary _allocation;
    private MonotonicTime _pacerAt = MonotonicTime.Never;
    private bool _limited;

    /// <summary>Null until a video slot is filled.</summary>
    public Downlink? Downlink { get; private set; }

    /// <summary>Slots that get nothing because bandwidth is short.</summary>
    public int SuspendedSlots => _allocation.Suspended;

    /// <summary>Distributes the estimate over the video slots. Cheap and harmless to repeat.</summary>
    public void AllocateVideo(MonotonicTime now)
    {
        if (!IsConnected || !TryEnsureDownlink(now, out var downlink))
        {
            return;
        }

        var count = Math.Min(VideoSlots.Count, BandwidthAllocator.MaxSlots);
        var demands = _context.Demands.AsSpan(0, count);
        var layers = _context.AllocatedLayers.AsSpan(0, count);
        for (var i = 0; i < count; i++)
        {
            VideoSlots[i].Describe(ref demands[i], now);
        }

        _allocation = BandwidthAllocator.Allocate(demands, downlink.Bitrate, _hold.MayUpgrade(downlink.Bitrate, now), !downlink.IsMeasured, layers);
        if (downlink.Bitrate == long.MaxValue)
        {
            Unlimit();
        }
        else
        {
            Apply(demands, layers, downlink, now);
        }

        downlink.AudioBitrate = FilledAudioSlots() * AudioSlotBitrate;
        downlink.OnTimeout(_allocation.Needed, now);
        StartPacing(downlink, now);
    }

    /// <summary>A video packet that can't leave at once.</summary>
    public void Pace(in PacedPacket packet, MonotonicTime now)
    {
        var downlink = Downlink!;
        downlink.Pacer.Enqueue(packet);
        _context.Congestion.PacedPackets++;
        while (downlink.Pacer.FindVictim(downlink.PacingRate) is { } victim)
        {
            _context.Congestion.PacerDrops += victim.DropPaced(now);
            _hold.OnDowngrade(downlink.Bitrate, now);
        }

        StartPacing(downlink, now);
    }

    private bool OnTransportFeedback(in RtcpPacket packet, MonotonicTime now)
    {
        if (!TransportFeedbackView.TryParse(packet, out var view))
        {
            return false;
        }

        return Downlink is not { } downlink || (downlink.OnFeedback(view, now) && OnEstimate(downlink, now));
    }

    private bool OnRemb(in RtcpPacket packet, MonotonicTime now)
    {
        if (!RembView.TryParse(packet, out var view))
        {
            return false;
        }

        if (Downlink is { } downlink)
        {
            downlink.OnRemb(view.Bitrate, now);
            OnEstimate(downlink, now);
        }

        return true;
    }

    /// <summary>Too little for what is being sent: acts at once; otherwise the next turn is soon enough.</summary>
    private bool OnEstimate(Downlink downlink, MonotonicTime now)
    {
        if (downlink.Bitrate < _allocation.Used || (downlink.IsProbing && _pacerAt == MonotonicTime.Never))
        {
            AllocateVideo(now);
        }

        return true;
    }

    private bool TryEnsureDownlink(MonotonicTime now, out Downlink downlink)
    {
        if (Downlink is null)
        {
            var filled = false;
            var numbered = true;
            foreach (var slot in VideoSlots)
            {
                filled |= slot.Source is not null;
                numbered &= slot.Sender.IsNumbered;
            }

            if (filled)
            {
                Downlink = new Downlink(_context, numbered, now);
            }
        }

        downlink = Downlink!;
        return Downlink is not null;
    }

    private void Apply(ReadOnlySpan<SlotDemand> demands, ReadOnlySpan<int> layers, Downlink downlink, MonotonicTime now)
    {
        _limited = true;
        var (up, down) = (false, false);
        for (var i = 0; i < layers.Length; i++)
        {
            up |= layers[i] > demands[i].CurrentLayer && !demands[i].IsNew;
            down |= layers[i] < demands[i].CurrentLayer && layers[i] < demands[i].WantedLayer;
        }

        if (down)
        {
            _hold.OnDowngrade(downlink.Bitrate, now);
        }
        else if (up)
        {
            _hold.OnUpgrade(now);
        }

        var stop = down && downlink.IsCongested && SendingBitrate() > downlink.Bitrate * OverfullPercent / 100;
        for (var i = 0; i < layers.Length; i++)
        {
            // A slot without a source, or whose gate is closed, gets nothing because it wants nothing.
            if (demands[i].WantedLayer != SlotDemand.Nothing)
            {
                VideoSlots[i].Allocate(layers[i], stop, now);
            }
        }
    }

    private void Unlimit()
    {
        if (_limited)
        {
            _limited = false;
            foreach (var slot in VideoSlots)
            {
                slot.Unlimit();
            }
        }
    }

    private long SendingBitrate()
    {
        long sum = 0;
        foreach (var slot in VideoSlots)
        {
            sum += slot.SendingBitrate;
        }

        return sum;
    }

    private int FilledAudioSlots()
    {
        var filled = 0;
        foreach (var slot in AudioSlots)
        {
            filled += slot.Source is null ? 0 : 1;
        }

        return filled;
    }

    private void StartPacing(Downlink downlink, MonotonicTime now)
    {
        if (_pacerAt == MonotonicTime.Never && (!downlink.Pacer.IsEmpty || downlink.IsProbing))
        {
            _pacerAt = now.AddMilliseconds(PacingMilliseconds);
            if (downlink.IsProbing)
            {
                SendPadding(downlink, now);
            }

            Schedule(_pacerAt);
        }
    }

    /// <summary>Lets out what the budget allows, then what a probe wants on top.</summary>
    private void OnPacing(MonotonicTime now)
    {
        var downlink = Downlink!;
        while (downlink.MaySend(now) && downlink.Pacer.TryDequeue(out var packet))
        {
            packet.Slot!.SendPaced(packet, now);
        }

        if (downlink.IsProbing)
        {
            SendPadding(downlink, now);
        }

        _pacerAt = downlink.Pacer.IsEmpty && !downlink.IsProbing ? MonotonicTime.Never : now.AddMilliseconds(PacingMilliseconds);
    }

    private void SendPadding(Downlink downlink, MonotonicTime now)
    {
        if (!TakesVideo)
        {
            return;
        }

        VideoSlot? carrier = null;
        foreach (var slot in VideoSlots)
        {
            if (slot.Source is not null && slot.Sender.PaddingPayloadType != 0)
            {
                carrier = slot;
                break;
            }
        }

        // What the sender is asked for shrinks with each packet, for it is counted as it leaves.
        while (carrier is not null && downlink.Estimator!.PaddingDue(now) > 0 && carrier.SendPadding(now) > 0)
        {
        }
    }

    public void OnLayersWanted(Publication publication, int layers, MonotonicTime now) => _context.Emit(new LayersWanted(publication.Id, layers));
}
