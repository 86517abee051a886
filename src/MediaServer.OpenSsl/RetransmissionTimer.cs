using MediaServer.Protocol.Primitives;

namespace MediaServer.OpenSsl;

/// <summary>
/// When to repeat a flight (RFC 6347 section 4.2.4.1): first after 100 ms, because a call waits for it, then doubling up to 3 s;
/// given up 30 s after the first flight.
/// </summary>
internal struct RetransmissionTimer
{
    private const long FirstMilliseconds = 100;
    private const long LongestMilliseconds = 3_000;
    private const long GiveUpMilliseconds = 30_000;
    private long _interval;
    private MonotonicTime _giveUp;

    public RetransmissionTimer()
    {
        Deadline = MonotonicTime.Never;
        _giveUp = MonotonicTime.Never;
    }

    public MonotonicTime Deadline { get; private set; }

    /// <summary>A new flight went out.</summary>
    public void Start(MonotonicTime now)
    {
        if (_giveUp == MonotonicTime.Never)
        {
            _giveUp = now.AddMilliseconds(GiveUpMilliseconds);
        }

        _interval = FirstMilliseconds;
        Deadline = now.AddMilliseconds(_interval);
    }

    public void Stop() => Deadline = MonotonicTime.Never;

    /// <summary>The flight was repeated. False when it is time to give up.</summary>
    public bool TryBackOff(MonotonicTime now)
    {
        if (now >= _giveUp)
        {
            Stop();
            return false;
        }

        _interval = Math.Min(_interval * 2, LongestMilliseconds);
        Deadline = now.AddMilliseconds(_interval);
        return true;
    }
}
