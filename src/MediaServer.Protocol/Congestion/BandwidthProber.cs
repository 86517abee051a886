using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Congestion;

/// <summary>
/// Finds out whether more goes through than is being sent: for some 20 ms everything together leaves at a multiple of the estimate, topped up with
/// padding, and the rate at which it arrives is the answer. A probe that succeeds is followed by one of twice the rate; one that does not, by a pause.
/// </summary>
internal sealed class BandwidthProber
{
    private const long ClusterMicroseconds = 20_000;
    private const int MinClusterBytes = 2000;
    private const int MinPackets = 5;
    private const double MinReceivedShare = 0.8;

    /// <summary>Less than this share of the sending rate arrived: the link is full, and a little less than what arrived is what it carries.</summary>
    private const double SaturatedShare = 0.9;
    private const double SaturatedFactor = 0.95;

    /// <summary>How far a probe reaches above the estimate; less far when the last ones found the end of the link.</summary>
    private const double Reach = 2;
    private const double ReachNearEnd = 1.4;
    private const long EndLifetime = 30_000_000;

    /// <summary>A result below this share of the target ends the series.</summary>
    private const double ContinueShare = 0.7;
    private const long ResultTimeout = 1_500_000;

    /// <summary>No padding can be sent, or too little media: the cluster does not come about.</summary>
    private const long SendTimeout = 400_000;
    private const long FirstPause = 2_000_000;
    private const long LongestPause = 4_000_000;
    private const long PauseAfterDecrease = 1_500_000;

    private byte _cluster;
    private long _target;
    private long _bytesToSend;
    private int _sentBytes;
    private int _sentPackets;
    private int _lastBurst;
    private MonotonicTime _firstSent;
    private MonotonicTime _lastSent;
    private int _ackedBytes;
    private int _ackedPackets;
    private int _firstAckedBytes;
    private long _firstArrival;
    private long _lastArrival;
    private bool _measuring;
    private long _pause = FirstPause;
    private long _nextTarget;
    private MonotonicTime _nextAt;
    private MonotonicTime _endFoundAt;
    private bool _endFound;

    /// <summary>The cluster that packets sent now belong to, 0 none.</summary>
    public byte Sending { get; private set; }

    /// <summary>How many clusters have been sent.</summary>
    public int Clusters { get; private set; }

    /// <summary>The first probe, before anything is known.</summary>
    public void Schedule(long target, MonotonicTime at)
    {
        _nextTarget = target;
        _nextAt = at;
    }

    /// <summary>The estimate was lowered: let the queues drain first, then look again.</summary>
    public void OnDecrease(MonotonicTime now)
    {
        Sending = 0;
        _measuring = false;
        _nextTarget = 0;
        _pause = FirstPause;
        _nextAt = now.AddMicroseconds(PauseAfterDecrease);
    }

    /// <summary>Starts a probe when one is due. <paramref name="needed"/> is the estimate that would satisfy everything that is wanted.</summary>
    public void Update(long estimate, long needed, MonotonicTime now)
    {
        if (_measuring && (Sending == 0 ? now - _lastSent > ResultTimeout : now - _firstSent > SendTimeout))
        {
            Finish(success: false, now);
        }

        if (_measuring || now < _nextAt || estimate >= needed)
        {
            return;
        }

        _target = Math.Min(_nextTarget > 0 ? _nextTarget : ReachFrom(estimate, now), Math.Max(needed, estimate * 5 / 4));
        _nextTarget = 0;
        _bytesToSend = Math.Max(MinClusterBytes, _target * ClusterMicroseconds / 8_000_000);
        _cluster = (byte)(_cluster == byte.MaxValue ? 1 : _cluster + 1);
        Sending = _cluster;
        _measuring = true;
        _sentBytes = _sentPackets = _lastBurst = _ackedBytes = _ackedPackets = 0;
        _firstSent = _lastSent = now;
        Clusters++;
    }

    /// <summary>How many bytes of padding are to go out now, so that the cluster keeps its rate in bursts of 5 ms.</summary>
    public int PaddingDue(MonotonicTime now)
    {
        const long burst = 5_000;
        if (Sending == 0)
        {
            return 0;
        }

        var due = Math.Min(_bytesToSend, _target * (now - _firstSent + burst) / 8_000_000);
        return (int)Math.Max(0, due - _sentBytes);
    }

    /// <summary>Anything was sent while <see cref="Sending"/>.</summary>
    public void OnSent(int bytes, MonotonicTime now)
    {
        if (now != _lastSent)
        {
            _lastBurst = 0;
            _lastSent = now;
        }

        _sentBytes += bytes;
        _lastBurst += bytes;
        _sentPackets++;
        if (_sentBytes >= _bytesToSend && _lastSent - _firstSent >= ClusterMicroseconds / 2)
        {
            Sending = 0;
        }
    }

    public void OnAcknowledged(in SentTransportPacket packet, long arrivedAt)
    {
        if (!_measuring || packet.Probe != _cluster)
        {
            return;
        }

        if (_ackedPackets++ == 0)
        {
            _firstArrival = _lastArrival = arrivedAt;
            _firstAckedBytes = packet.Bytes;
        }

        _ackedBytes += packet.Bytes;
        _lastArrival = Math.Max(_lastArrival, arrivedAt);
    }

    /// <summary>Called after each feedback; the rate that a finished probe has shown, 0 none.</summary>
    public long TakeResult(long estimate, MonotonicTime now)
    {
        if (!_measuring || Sending != 0 || _ackedPackets < MinPackets || _ackedBytes < _sentBytes * MinReceivedShare)
        {
            return 0;
        }

        var sendSpan = _lastSent - _firstSent;
        var arrivalSpan = _lastArrival - _firstArrival;
        if (sendSpan <= 0 || arrivalSpan <= 0)
        {
            Finish(success: false, now);
            return 0;
        }

        var sendRate = (_sentBytes - _lastBurst) * 8_000_000L / sendSpan;
        var arrivalRate = (_ackedBytes - _firstAckedBytes) * 8_000_000L / arrivalSpan;
        var result = Math.Min(sendRate, arrivalRate);
        if (arrivalRate < sendRate * SaturatedShare)
        {
            result = (long)(arrivalRate * SaturatedFactor);
            _endFound = true;
            _endFoundAt = now;
        }

        var success = result > estimate && result >= _target * ContinueShare;
        Finish(success, now);
        if (success)
        {
            _nextTarget = ReachFrom(result, now);
        }

        return result;
    }

    private long ReachFrom(long bitrate, MonotonicTime now) =>
        (long)(bitrate * (_endFound && now - _endFoundAt < EndLifetime ? ReachNearEnd : Reach));

    private void Finish(bool success, MonotonicTime now)
    {
        _measuring = false;
        Sending = 0;
        _nextAt = now.AddMicroseconds(success ? 0 : _pause);
        _pause = success ? FirstPause : Math.Min(LongestPause, _pause * 2);
    }
}
