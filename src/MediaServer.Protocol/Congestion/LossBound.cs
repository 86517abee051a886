using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Congestion;

/// <summary>
/// Loss-based control, draft-ietf-rmcat-gcc-02 section 6, as an upper bound: above 10 % loss it falls by half the loss, below 2 % it rises by 8 % a
/// second, in between it stays. There is no bound until loss has once been high.
/// </summary>
internal struct LossBound
{
    private const double HighLoss = 0.10;
    private const double LowLoss = 0.02;
    private const double IncreasePerSecond = 1.08;
    private const long MinWindow = 500_000;
    private const int MinPackets = 20;

    private int _packets;
    private int _lost;
    private MonotonicTime _since;
    private bool _started;

    public LossBound()
    {
    }

    /// <summary>Bits per second; <see cref="long.MaxValue"/> when loss sets no bound.</summary>
    public long Bitrate { get; private set; } = long.MaxValue;

    /// <summary>Share lost in the last window, 0 to 1.</summary>
    public double Loss { get; private set; }

    /// <summary>Counts what a report says; acts when a window is full. <paramref name="estimate"/> is what is being sent by now.</summary>
    public void OnPackets(int received, int lost, long estimate, MonotonicTime now)
    {
        if (!_started)
        {
            _started = true;
            _since = now;
        }

        _packets += received + lost;
        _lost += lost;
        if (now - _since >= MinWindow && _packets >= MinPackets)
        {
            OnFraction((double)_lost / _packets, estimate, now);
        }
    }

    /// <summary>A loss fraction of a receiver report, for peers that send no transport-wide feedback.</summary>
    public void OnFraction(double loss, long estimate, MonotonicTime now)
    {
        var elapsed = _started ? Math.Clamp(now - _since, 0, 2_000_000) / 1e6 : 1;
        _started = true;
        _since = now;
        _packets = _lost = 0;
        Loss = loss;
        if (loss > HighLoss)
        {
            Bitrate = Math.Max(AimdRateControl.MinBitrate, (long)(Math.Min(Bitrate, estimate) * (1 - (0.5 * loss))));
        }
        else if (loss < LowLoss && Bitrate != long.MaxValue)
        {
            Bitrate = (long)(Bitrate * Math.Pow(IncreasePerSecond, elapsed)) + 1000;
            if (Bitrate / 2 > estimate)
            {
                Bitrate = long.MaxValue;
            }
        }
    }

    /// <summary>A probe has shown that more goes through without loss.</summary>
    public void Raise(long bitrate) => Bitrate = Math.Max(Bitrate, bitrate);
}
