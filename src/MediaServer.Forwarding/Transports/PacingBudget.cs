using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Transports;

/// <summary>
/// A token bucket in bytes. What an ordinary frame needs is there at once, so that its packets stay together in one segmentation-offload message;
/// a burst beyond that leaves at the rate.
/// </summary>
internal struct PacingBudget
{
    /// <summary>How much may leave at once: this many milliseconds at the rate, but never less than a small frame.</summary>
    private const long BurstMilliseconds = 20;
    private const long MinBurst = 7_200;

    private long _tokens;
    private long _burst;
    private MonotonicTime _filledAt;

    /// <summary>Bits per second; <see cref="long.MaxValue"/> paces nothing.</summary>
    public long Rate { get; private set; }

    public void SetRate(long bitsPerSecond, MonotonicTime now)
    {
        bitsPerSecond = Math.Max(1, bitsPerSecond);
        var wasLimited = Rate is > 0 and < long.MaxValue;
        if (wasLimited)
        {
            Fill(now);
        }

        Rate = bitsPerSecond;
        _burst = Rate == long.MaxValue ? 0 : Math.Max(MinBurst, Rate * BurstMilliseconds / 8000);
        _tokens = wasLimited ? Math.Min(_tokens, _burst) : _burst;
        _filledAt = wasLimited ? _filledAt : now;
    }

    /// <summary>True when something may leave now.</summary>
    public bool MaySend(MonotonicTime now)
    {
        if (Rate == long.MaxValue)
        {
            return true;
        }

        Fill(now);
        return _tokens > 0;
    }

    /// <summary>Takes the bytes off; the budget may go into debt, by a burst at most.</summary>
    public void Spend(int bytes)
    {
        if (Rate != long.MaxValue)
        {
            _tokens = Math.Max(-_burst, _tokens - bytes);
        }
    }

    private void Fill(MonotonicTime now)
    {
        var elapsed = now - _filledAt;
        if (elapsed <= 0 || Rate == long.MaxValue)
        {
            _filledAt = now;
            return;
        }

        // Whole bytes only; the rest of the time is kept for the next call.
        var bytes = Math.Min(elapsed, 10_000_000) * Rate / 8_000_000;
        if (bytes > 0)
        {
            _tokens = Math.Min(_burst, _tokens + bytes);
            _filledAt = now;
        }
    }
}
