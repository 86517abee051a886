using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Protocol.Congestion;

/// <summary>
/// How much a peer can receive, found out by the sender from transport-wide feedback: delay-based control with a loss-based bound
/// (draft-ietf-rmcat-gcc-02) and probing. All rates are bits per second of IP packets (IP and UDP headers included). Pure: time is an argument.
/// </summary>
public sealed class SendSideEstimator
{
    /// <summary>Of IPv4 and UDP, on top of a datagram's length.</summary>
    public const int PacketOverhead = 28;

    private const int MaxStatuses = 1024;
    private const int ThroughputMilliseconds = 300;
    private const int FullLinkMilliseconds = 125;

    /// <summary>Sending less than this share of the estimate is no test of it.</summary>
    private const double ApplicationLimitedShare = 0.8;

    /// <summary>A queue this long is an over-use without waiting for a trend.</summary>
    private const long LongQueue = 100_000;
    private const long ShortQueue = 50_000;

    /// <summary>While a long queue drains, no more is in flight than for the least response time, a feedback interval and this.</summary>
    private const long DrainWindow = 25_000;
    private const long LongestDrain = 1_000_000;

    /// <summary>No feedback for this long while packets are out.</summary>
    private const long SilenceMicroseconds = 1_000_000;
    private const long SilenceRepeat = 500_000;
    private const double SilenceFactor = 0.7;
    private const long IdleMicroseconds = 2_000_000;
    private const long DefaultResponse = 200_000;
    private const long DefaultInterval = 75_000;
    private const long LongestInterval = 500_000;
    private const double HighLoss = 0.10;

    private readonly SentPacketHistory _history = new();
    private readonly RateWindow _acknowledged = new();
    private readonly RateWindow _sent = new();
    private readonly DelayDetector _detector = new();
    private readonly BandwidthProber _prober = new();
    private readonly AimdRateControl _rate;
    private PacketGroups _groups;
    private QueueDelay _queue;
    private LossBound _loss = new();
    private long _queueAtTrigger;
    private QueueDelay _leastResponse;
    private MonotonicTime _drainUntil;
    private MonotonicTime _feedbackAt;
    private double _interval = DefaultInterval;
    private int _lastReference;
    private long _reference;
    private long _lastArrival;
    private double _response = DefaultResponse;
    private MonotonicTime _sentAt;
    private MonotonicTime _silentSince = MonotonicTime.Never;

    public SendSideEstimator(long startBitrate, MonotonicTime now)
    {
        _rate = new AimdRateControl(startBitrate);
        _prober.Schedule(startBitrate * 3, now);
    }

    /// <summary>The estimate.</summary>
    public long Bitrate => Math.Min(_rate.Bitrate, _loss.Bitrate);

    /// <summary>False until the first feedback: then <see cref="Bitrate"/> is only a guess.</summary>
    public bool HasFeedback { get; private set; }

    /// <summary>How many feedback packets have been used.</summary>
    public long FeedbackCount { get; private set; }

    public double Loss => _loss.Loss;

    /// <summary>How many packets were numbered.</summary>
    public long PacketsSent => _history.Count;

    public int InFlightBytes => _history.InFlightBytes;

    /// <summary>How long packets stand in queues, in microseconds.</summary>
    public long QueueDelayMicroseconds => _queue.Microseconds;

    /// <summary>From sending to the report of it, smoothed; includes the peer's feedback interval.</summary>
    public long ResponseMicroseconds => (long)_response;

    public int ProbeClusters => _prober.Clusters;

    public MonotonicTime DecreasedAt => _rate.DecreasedAt;

    /// <summary>True when what is being sent does not get through in time.</summary>
    public bool IsCongested => _queue.Microseconds >= LongQueue || _loss.Loss > HighLoss;

    /// <summary>True while a queue that has built up drains, and sending would only lengthen it.</summary>
    public bool IsDraining(MonotonicTime now) =>
        now < _drainUntil && _history.InFlightBytes * 8_000_000L > Bitrate * (_leastResponse.Least + (long)_interval + DrainWindow);

    /// <summary>What arrives at the peer, in bits per second; 0 unknown.</summary>
    public long AcknowledgedBitrate => _acknowledged.BitsPerSecond(_lastArrival, ThroughputMilliseconds);

    /// <summary>True while a probe waits for padding: <see cref="PaddingDue"/> wants to be asked every few milliseconds.</summary>
    public bool IsProbing => _prober.Sending != 0;

    /// <summary>Registers a datagram of <paramref name="length"/> bytes and gives it its transport-wide sequence number.</summary>
    public ushort OnSending(int length, MonotonicTime now)
    {
        var bytes = length + PacketOverhead;
        _sentAt = now;
        if (_silentSince == MonotonicTime.Never)
        {
            _silentSince = now;
        }

        var probe = _prober.Sending;
        if (probe != 0)
        {
            _prober.OnSent(bytes, now);
        }
        else
        {
            // A probe is no use of the estimate.
            _sent.Add(now.Microseconds, bytes);
        }

        return _history.Add(bytes, probe, now);
    }

    /// <summary>Bytes of padding that a running probe wants now.</summary>
    public int PaddingDue(MonotonicTime now) => _prober.PaddingDue(now);

    /// <summary>
    /// To be called every 100 ms or so: starts probes while <paramref name="needed"/> (bits per second) exceeds the estimate, and lowers the estimate
    /// when the peer is silent.
    /// </summary>
    public void OnTimeout(long needed, MonotonicTime now)
    {
        if (HasFeedback && now - _silentSince > SilenceMicroseconds && now - _sentAt < IdleMicroseconds)
        {
            _rate.Lower(SilenceFactor, now);
            _prober.OnDecrease(now);
            _silentSince = now.AddMicroseconds(SilenceRepeat - SilenceMicroseconds);
            _history.AbandonInFlight();
        }

        _prober.Update(Bitrate, IsBacklogged(now) ? 0 : needed, now);
    }

    /// <summary>False when the feedback is malformed.</summary>
    public bool OnFeedback(in TransportFeedbackView view, MonotonicTime now)
    {
        if (view.PacketStatusCount > MaxStatuses)
        {
            return false;
        }

        Span<long> arrivals = stackalloc long[view.PacketStatusCount];
        if (!view.TryReadArrivals(arrivals, out var count))
        {
            return false;
        }

        var offset = (Unwrap(view.ReferenceTime) - view.ReferenceTime) * 64_000L;
        var report = new Report { LeastOnTheWay = long.MaxValue };
        for (var i = 0; i < count; i++)
        {
            OnStatus((ushort)(view.BaseSequenceNumber + i), arrivals[i] == -1 ? null : arrivals[i] + offset, ref report);
        }

        if (report.Received + report.Lost > 0)
        {
            Apply(report, now);
        }

        return true;
    }

    private long Unwrap(int reference)
    {
        if (!HasFeedback)
        {
            _reference = _lastReference = reference;
        }

        // 24 bits, sign-extended difference.
        _reference += ((reference - _lastReference) << 8) >> 8;
        _lastReference = reference;
        return _reference;
    }

    private void OnStatus(ushort number, long? arrival, ref Report report)
    {
        if (!_history.TryFind(number, out var packet) || packet.State == SentPacketState.Acknowledged)
        {
            return;
        }

        if (arrival is not { } arrivedAt)
        {
            if (packet.State == SentPacketState.InFlight)
            {
                _history.Settle(number, SentPacketState.Lost);
                report.Lost++;
            }

            return;
        }

        _history.Settle(number, SentPacketState.Acknowledged);
        report.Received++;
        report.LatestSent = packet.SentAt.Microseconds > report.LatestSent.Microseconds ? packet.SentAt : report.LatestSent;
        report.LeastOnTheWay = Math.Min(report.LeastOnTheWay, arrivedAt - packet.SentAt.Microseconds);
        if (arrivedAt - _lastArrival > IdleMicroseconds)
        {
            _detector.Reset();
        }

        _lastArrival = Math.Max(_lastArrival, arrivedAt);
        _acknowledged.Add(arrivedAt, packet.Bytes);
        if (packet.Probe != 0)
        {
            _prober.OnAcknowledged(packet, arrivedAt);
        }

        if (_groups.OnPacket(packet.SentAt.Microseconds, arrivedAt, out var delta))
        {
            _detector.OnGroup(delta);
        }
    }

    private void Apply(in Report report, MonotonicTime now)
    {
        if (HasFeedback)
        {
            _interval += 0.1 * (Math.Min(now - _feedbackAt, LongestInterval) - _interval);
        }

        HasFeedback = true;
        FeedbackCount++;
        _feedbackAt = now;
        _silentSince = _history.InFlightBytes > 0 ? now : MonotonicTime.Never;
        var usage = _detector.Usage;
        if (report.Received > 0)
        {
            var response = Math.Clamp(now - report.LatestSent, 1000, 2_000_000);
            _response += 0.2 * (response - _response);
            _leastResponse.OnReport(response, now.Microseconds);
            _queue.OnReport(report.LeastOnTheWay, _lastArrival);
            if (IsLongQueue(now))
            {
                usage = BandwidthUsage.Overusing;
                _drainUntil = now.AddMicroseconds(LongestDrain);
            }
            else if (now < _drainUntil.AddMicroseconds(ResponseMicroseconds))
            {
                // What was held back makes delays of its own.
                usage = BandwidthUsage.Underusing;
            }
        }

        // Behind a long queue the link is full, and a short look tells what it carries; else the longer one evens out the frames.
        var acknowledged = _acknowledged.BitsPerSecond(_lastArrival, FullLinkMilliseconds);
        if (_queue.Microseconds < LongQueue)
        {
            acknowledged = Math.Max(acknowledged, AcknowledgedBitrate);
        }

        if (_rate.Update(usage, acknowledged, IsApplicationLimited(now), ResponseMicroseconds, now))
        {
            _prober.OnDecrease(now);
        }

        _loss.OnPackets(report.Received, report.Lost, Bitrate, now);
        var probed = _prober.TakeResult(Bitrate, now);
        if (probed > Bitrate)
        {
            _rate.Raise(probed);
            _loss.Raise(probed);
        }
    }

    /// <summary>More is out than the rate explains: a queue may be building up of which no report has come yet. No time to probe.</summary>
    private bool IsBacklogged(MonotonicTime now) =>
        HasFeedback && _history.InFlightBytes * 8_000_000L > _sent.BitsPerSecond(now.Microseconds, 490) * (_leastResponse.Least + (long)_interval + LongQueue);

    /// <summary>Once per queue that has built up, and again when it has grown by a third.</summary>
    private bool IsLongQueue(MonotonicTime now)
    {
        var queue = _queue.Microseconds;
        if (queue < ShortQueue)
        {
            _queueAtTrigger = 0;
            _drainUntil = MonotonicTime.Min(_drainUntil, now);
        }

        if (queue < LongQueue || queue < _queueAtTrigger * 4 / 3)
        {
            return false;
        }

        _queueAtTrigger = queue;
        return true;
    }

    private bool IsApplicationLimited(MonotonicTime now) =>
        _sent.BitsPerSecond(now.Microseconds, 500) < Bitrate * ApplicationLimitedShare;

    private struct Report
    {
        public int Received;
        public int Lost;
        public long LeastOnTheWay;
        public MonotonicTime LatestSent;
    }
}
