using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Transports;

/// <summary>
/// What is known of the way to one subscriber: how much goes through, and what has to wait. Made with the first video slot that is filled; who only
/// listens has none.
/// </summary>
internal sealed class Downlink
{
    /// <summary>Video leaves at most this many times faster than the estimate: a key frame then builds no queue that would look like congestion.</summary>
    private const double PacingFactor = 1.5;

    /// <summary>With queues on the way longer than this, no faster than the estimate.</summary>
    private const long DrainDelay = 100_000;

    /// <summary>A peer that negotiated feedback but sends none for this long is served as one without.</summary>
    private const long FeedbackGrace = 1_500_000;

    private readonly long _startBitrate;
    private readonly SendSideEstimator? _estimator;
    private readonly ReceiverReportedBitrate _reported = new();
    private readonly CongestionCounters _counters;
    private PacingBudget _budget;
    private MonotonicTime _firstSentAt = MonotonicTime.Never;

    /// <param name="context">Options and counters.</param>
    /// <param name="numbered">The peer negotiated transport-wide sequence numbers on its video slots.</param>
    /// <param name="now">The present time.</param>
    public Downlink(RouterContext context, bool numbered, MonotonicTime now)
    {
        _startBitrate = context.Options.StartBitrate;
        _counters = context.Congestion;
        _estimator = numbered ? new SendSideEstimator(_startBitrate, now) : null;
        _budget.SetRate(long.MaxValue, now);
        Refresh(now);
    }

    public VideoPacer Pacer { get; } = new();

    /// <summary>Null for a peer without transport-wide feedback.</summary>
    public SendSideEstimator? Estimator => _estimator;

    public bool IsNumbered => _estimator is not null;

    /// <summary>Bits per second that are there for video, <see cref="long.MaxValue"/> when nothing is known.</summary>
    public long Bitrate { get; private set; } = long.MaxValue;

    /// <summary>False while <see cref="Bitrate"/> is a guess.</summary>
    public bool IsMeasured { get; private set; }

    /// <summary>True when what is being sent does not get through in time, as far as that is known.</summary>
    public bool IsCongested => _estimator?.IsCongested ?? true;

    public bool IsProbing => _estimator is { IsProbing: true };

    public long PacingRate => _budget.Rate;

    /// <summary>Of audio that goes to the same peer, in bits per second; a REMB counts it, a transport-wide estimate does not.</summary>
    public long AudioBitrate { get; set; }

    /// <summary>Registers an outgoing video datagram; the number is meaningful when <see cref="IsNumbered"/>.</summary>
    public ushort OnSending(int length, MonotonicTime now)
    {
        _budget.Spend(length + SendSideEstimator.PacketOverhead);
        if (_firstSentAt == MonotonicTime.Never)
        {
            _firstSentAt = now;
        }

        if (_estimator is null)
        {
            _reported.OnSent(length, now);
            return 0;
        }

        return _estimator.OnSending(length, now);
    }

    /// <summary>True when a video packet has to queue: the budget is used up, or others wait already.</summary>
    public bool MustWait(MonotonicTime now) => !Pacer.IsEmpty || !MaySend(now);

    /// <summary>True when the next packet of the pacer may leave.</summary>
    public bool MaySend(MonotonicTime now) => _budget.MaySend(now) && _estimator?.IsDraining(now) != true;

    /// <summary>False when the feedback is malformed.</summary>
    public bool OnFeedback(in TransportFeedbackView view, MonotonicTime now)
    {
        if (_estimator is null)
        {
            return true;
        }

        var valid = _estimator.OnFeedback(view, now);
        _counters.FeedbackReceived++;
        Refresh(now);
        return valid;
    }

    public void OnRemb(ulong bitsPerSecond, MonotonicTime now)
    {
        _reported.OnRemb(bitsPerSecond, now);
        Refresh(now);
    }

    /// <param name="fraction">As a receiver report says, 0 to 1.</param>
    public void OnReceiverLoss(double fraction, MonotonicTime now)
    {
        if (_estimator is null)
        {
            _reported.OnLoss(fraction, now);
            Refresh(now);
        }
    }

    /// <summary>To be called every 100 ms or so. <paramref name="needed"/> is the estimate that would satisfy all tiles.</summary>
    public void OnTimeout(long needed, MonotonicTime now)
    {
        if (_estimator is not null)
        {
            var before = _estimator.ProbeClusters;
            _estimator.OnTimeout(needed, now);
            _counters.ProbeClusters += _estimator.ProbeClusters - before;
        }

        Refresh(now);
    }

    private void Refresh(MonotonicTime now)
    {
        Bitrate = Measure(now, out var measured);
        IsMeasured = measured;
        if (Bitrate == long.MaxValue)
        {
            _budget.SetRate(long.MaxValue, now);
            return;
        }

        var factor = _estimator is { QueueDelayMicroseconds: > DrainDelay } ? 1.0 : PacingFactor;
        _budget.SetRate((long)(Bitrate * factor), now);
    }

    private long Measure(MonotonicTime now, out bool measured)
    {
        measured = true;
        var remb = _reported.Remb(now);
        if (remb != long.MaxValue)
        {
            remb = Math.Max(0, remb - AudioBitrate);
        }

        if (_estimator is { HasFeedback: true })
        {
            return Math.Min(remb, _estimator.Bitrate);
        }

        var bitrate = Math.Min(remb, _reported.LossBitrate);
        measured = bitrate != long.MaxValue;
        return !measured && _estimator is not null && (_firstSentAt == MonotonicTime.Never || now - _firstSentAt < FeedbackGrace)
            ? _startBitrate
            : bitrate;
    }
}
