using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Transports;

/// <summary>The part that knows what is due when.</summary>
internal sealed partial class PeerTransport
{
    private MonotonicTime _repairAt = MonotonicTime.Never;
    private MonotonicTime _transportFeedbackAt = MonotonicTime.Never;
    private MonotonicTime _rembAt = MonotonicTime.Never;
    private MonotonicTime _layerChoiceAt = MonotonicTime.Never;
    private MonotonicTime _reportAt = MonotonicTime.Never;
    private MonotonicTime _qualityAt = MonotonicTime.Never;

    /// <summary>When <see cref="OnTimeout"/> is due; kept by the <see cref="DeadlineQueue"/>.</summary>
    public MonotonicTime Deadline { get; set; } = MonotonicTime.Never;

    /// <summary>The place in the <see cref="DeadlineQueue"/>, -1 when not in it.</summary>
    public int DeadlineIndex { get; set; } = -1;

    public void OnTimeout(MonotonicTime now)
    {
        if (now >= _ice.ConsentDeadline)
        {
            EndReason ??= TransportCloseReason.ConsentExpired;
            return;
        }

        if (now >= _dtls.NextDeadline)
        {
            _dtls.OnTimeout(now, this);
            OnDtlsProgress(now);
        }

        if (now >= _resumeVideoAt)
        {
            OnVideoPauseOver(now);
        }

        if (now >= _transportFeedbackAt)
        {
            _transportFeedbackAt = MonotonicTime.Never;
            SendTransportFeedback();
        }

        if (now >= _rembAt)
        {
            _rembAt = now.AddMilliseconds(_context.Options.RembInterval);
            SendRemb();
        }

        if (now >= _layerChoiceAt)
        {
            _layerChoiceAt = now.AddMilliseconds(_context.Options.LayerChoiceInterval);
            AllocateVideo(now);
            foreach (var slot in VideoSlots)
            {
                slot.ChooseLayer(now);
            }

            foreach (var publication in Publications)
            {
                publication.ExpireDemand(now);
            }
        }

        if (now >= _pacerAt)
        {
            OnPacing(now);
        }

        if (now >= _repairAt)
        {
            _repairAt = SendRepairs(now) ? now.AddMilliseconds(_context.Options.RepairInterval) : MonotonicTime.Never;
        }

        if (now >= _reportAt)
        {
            _reportAt = now.AddMilliseconds(_context.Options.ReportInterval);
            SendReports(now);
        }

        if (now >= _qualityAt)
        {
            _qualityAt = now.AddMilliseconds(_context.Options.QualityInterval);
            EmitQuality();
        }

        Reschedule(now);
    }

    private void StartTimers(MonotonicTime now)
    {
        _rembAt = now;
        _layerChoiceAt = now;

        // Reports of many transports that connect together are spread over the interval.
        _reportAt = now.AddMilliseconds(100 + _context.Random.Next(_context.Options.ReportInterval / 2));
        _qualityAt = now.AddMilliseconds(_context.Options.QualityInterval);
        Reschedule(now);
    }

    private void StartTransportFeedback(MonotonicTime now)
    {
        if (_transportFeedbackAt == MonotonicTime.Never)
        {
            _transportFeedbackAt = now.AddMilliseconds(_context.Options.TransportFeedbackInterval);
            Schedule(_transportFeedbackAt);
        }
    }

    /// <summary>A wish for a key frame is served at once if its limit allows; missing packets a little later, for they may just be late.</summary>
    private void StartRepair(PublicationLayer layer, MonotonicTime now)
    {
        if (layer.KeyFrames.Wanted && layer.Ssrc != 0 && layer.KeyFrames.TryTake(now))
        {
            SendPictureLoss(layer);
        }

        if (_repairAt == MonotonicTime.Never && (layer.KeyFrames.Wanted || layer.Nacks.Count > 0))
        {
            _repairAt = now.AddMilliseconds(_context.Options.RepairInterval);
            Schedule(_repairAt);
        }
    }

    private void Schedule(MonotonicTime deadline)
    {
        if (deadline < Deadline)
        {
            _deadlines.Set(this, deadline);
        }
    }

    private void Reschedule(MonotonicTime now)
    {
        var next = MonotonicTime.Min(MonotonicTime.Min(_ice.ConsentDeadline, _dtls.NextDeadline), _resumeVideoAt);
        next = MonotonicTime.Min(next, MonotonicTime.Min(_repairAt, _transportFeedbackAt));
        next = MonotonicTime.Min(next, MonotonicTime.Min(_rembAt, _layerChoiceAt));
        next = MonotonicTime.Min(next, MonotonicTime.Min(_reportAt, _qualityAt));
        next = MonotonicTime.Min(next, _pacerAt);

        // Never due in the past: a deadline that its owner does not move must not spin the shard.
        _deadlines.Set(this, next > now ? next : now.AddMilliseconds(1));
    }

    private void EmitQuality()
    {
        long expected = 0;
        long lost = 0;
        foreach (var publication in Publications)
        {
            foreach (var layer in publication.Layers)
            {
                var interval = layer.Statistics.TakeInterval();
                expected += interval.Expected;
                lost += interval.Lost;
            }
        }

        var uplink = expected == 0 ? 0 : (double)lost / expected;
        var downlink = _downlinkReports == 0 ? 0 : _downlinkLossSum / _downlinkReports;
        _downlinkLossSum = 0;
        _downlinkReports = 0;
        _context.Emit(new TransportQuality(Id, uplink, downlink, _roundTrip));
    }
}
