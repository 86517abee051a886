namespace MediaServer.Protocol.Congestion;

/// <summary>
/// How long packets stand in queues on the way: the time on the way above the least of the last 10 to 20 s. The two clocks need not agree; their
/// drift over such a time does not matter.
/// </summary>
internal struct QueueDelay
{
    private const long WindowMicroseconds = 10_000_000;

    private long _olderMinimum;
    private long _minimum;
    private long _windowEnds;
    private bool _started;

    /// <summary>Of the packets of the last report: the least, so that jitter does not count. Microseconds.</summary>
    public long Microseconds { get; private set; }

    /// <summary>The least of the last 10 to 20 s.</summary>
    public readonly long Least => Math.Min(_minimum, _olderMinimum);

    /// <param name="leastOnTheWay">The least time between sending and arrival among the packets of one report.</param>
    /// <param name="arrivedAt">When the last of them arrived.</param>
    public void OnReport(long leastOnTheWay, long arrivedAt)
    {
        if (!_started)
        {
            _started = true;
            _minimum = _olderMinimum = leastOnTheWay;
            _windowEnds = arrivedAt + WindowMicroseconds;
        }
        else if (arrivedAt >= _windowEnds)
        {
            _olderMinimum = _minimum;
            _minimum = leastOnTheWay;
            _windowEnds = arrivedAt + WindowMicroseconds;
        }

        _minimum = Math.Min(_minimum, leastOnTheWay);
        Microseconds = leastOnTheWay - Least;
    }

    public void Reset()
    {
        _started = false;
        Microseconds = 0;
    }
}
