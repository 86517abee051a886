namespace MediaServer.Protocol.Congestion;

/// <summary>What the delays say of the path, draft-ietf-rmcat-gcc-02 section 5.4.</summary>
public enum BandwidthUsage
{
    Normal,

    /// <summary>A queue drains.</summary>
    Underusing,

    /// <summary>A queue builds up.</summary>
    Overusing,
}

/// <summary>
/// Trendline filter and over-use detector with adaptive threshold (draft-ietf-rmcat-gcc-02 sections 5.3 and 5.4; the filter is the least-squares
/// slope that replaced the draft's Kalman filter in practice). Fed with the groups of <see cref="PacketGroups"/>.
/// </summary>
internal sealed class DelayDetector
{
    private const int WindowSize = 20;
    private const double Smoothing = 0.9;
    private const double Gain = 4;
    private const int MaxDeltas = 60;
    private const double OverusingTimeMs = 10;
    private const double MinThreshold = 6;
    private const double MaxThreshold = 600;
    private const double ThresholdUp = 0.0087;
    private const double ThresholdDown = 0.039;

    /// <summary>A trend this far above the threshold is a route change or a spike: the threshold does not follow it.</summary>
    private const double MaxAdaptOffset = 15;

    private readonly double[] _times = new double[WindowSize];
    private readonly double[] _delays = new double[WindowSize];
    private int _count;
    private int _deltas;
    private long _firstArrival;
    private long _thresholdAt;
    private double _accumulated;
    private double _smoothed;
    private double _previousTrend;
    private double _overusingFor = -1;
    private int _overusingCount;

    public BandwidthUsage Usage { get; private set; }

    /// <summary>Present value of the adaptive threshold, in the unit of the scaled trend.</summary>
    public double Threshold { get; private set; } = 12.5;

    public void OnGroup(in GroupDelta group)
    {
        if (_deltas == 0)
        {
            _firstArrival = group.Arrival;
        }

        _deltas++;
        _accumulated += (group.ArrivalDelta - group.SendDelta) / 1000.0;
        _smoothed = (Smoothing * _smoothed) + ((1 - Smoothing) * _accumulated);
        Push((group.Arrival - _firstArrival) / 1000.0, _smoothed);
        var trend = _count == WindowSize ? Slope() : _previousTrend;
        Detect(trend, group.SendDelta / 1000.0, group.Arrival);
    }

    /// <summary>Forgets the past: the path is another one, or there was a long silence.</summary>
    public void Reset()
    {
        _count = 0;
        _deltas = 0;
        _accumulated = _smoothed = _previousTrend = 0;
        _overusingFor = -1;
        _overusingCount = 0;
        Usage = BandwidthUsage.Normal;
    }

    private void Push(double time, double delay)
    {
        if (_count == WindowSize)
        {
            Array.Copy(_times, 1, _times, 0, WindowSize - 1);
            Array.Copy(_delays, 1, _delays, 0, WindowSize - 1);
            _count--;
        }

        _times[_count] = time;
        _delays[_count++] = delay;
    }

    private double Slope()
    {
        double meanTime = 0;
        double meanDelay = 0;
        for (var i = 0; i < _count; i++)
        {
            meanTime += _times[i];
            meanDelay += _delays[i];
        }

        meanTime /= _count;
        meanDelay /= _count;
        double covariance = 0;
        double variance = 0;
        for (var i = 0; i < _count; i++)
        {
            var time = _times[i] - meanTime;
            covariance += time * (_delays[i] - meanDelay);
            variance += time * time;
        }

        return variance == 0 ? _previousTrend : covariance / variance;
    }

    private void Detect(double trend, double sendDeltaMs, long now)
    {
        if (_deltas < 2)
        {
            return;
        }

        var scaled = Math.Min(_deltas, MaxDeltas) * trend * Gain;
        if (scaled > Threshold)
        {
            _overusingFor = _overusingFor < 0 ? sendDeltaMs / 2 : _overusingFor + sendDeltaMs;
            _overusingCount++;
            if (_overusingFor > OverusingTimeMs && _overusingCount > 1 && trend >= _previousTrend)
            {
                _overusingFor = 0;
                _overusingCount = 0;
                Usage = BandwidthUsage.Overusing;
            }
        }
        else
        {
            _overusingFor = -1;
            _overusingCount = 0;
            Usage = scaled < -Threshold ? BandwidthUsage.Underusing : BandwidthUsage.Normal;
        }

        _previousTrend = trend;
        Adapt(Math.Abs(scaled), now);
    }

    private void Adapt(double scaled, long now)
    {
        if (_thresholdAt != 0 && scaled <= Threshold + MaxAdaptOffset)
        {
            var elapsed = Math.Min((now - _thresholdAt) / 1000.0, 100);
            var rate = scaled < Threshold ? ThresholdDown : ThresholdUp;
            Threshold = Math.Clamp(Threshold + (rate * (scaled - Threshold) * elapsed), MinThreshold, MaxThreshold);
        }

        _thresholdAt = now;
    }
}
