namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>
/// A link in virtual time: a rate, a first-in-first-out queue of limited length in front of it, then a constant delay, jitter that does not reorder,
/// and random loss. Seeded. Times in microseconds.
/// </summary>
internal sealed class BottleneckLink(int seed)
{
    /// <summary>IPv4 and UDP.</summary>
    private const int Overhead = 28;

    private readonly Random _random = new(seed);
    private readonly Queue<(long ArrivesAt, byte[] Datagram)> _inFlight = new();
    private long _freeAt;
    private long _lastArrival;

    /// <summary>Bits per second; 0 is without limit.</summary>
    public long Rate { get; set; }

    /// <summary>What the queue holds before it drops, in bytes.</summary>
    public int QueueBytes { get; init; } = 64 * 1024;

    public int DelayMs { get; init; } = 25;

    /// <summary>Each packet is late by up to this much (uniform), but does not overtake.</summary>
    public int JitterMs { get; init; }

    public double Loss { get; set; }

    /// <summary>Dropped because the queue was full.</summary>
    public int Overflows { get; private set; }

    public int Lost { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>How long a packet that comes now would wait.</summary>
    public double QueueMs(long now) => Math.Max(0, _freeAt - now) / 1000.0;

    public void Send(byte[] datagram, long now)
    {
        var start = Math.Max(_freeAt, now);
        var size = datagram.Length + Overhead;
        if (Rate > 0 && (start - now) * Rate / 8_000_000 + size > QueueBytes)
        {
            Overflows++;
            return;
        }

        BytesSent += size;
        _freeAt = start + (Rate > 0 ? size * 8_000_000L / Rate : 0);
        if (_random.NextDouble() < Loss)
        {
            Lost++;
            return;
        }

        var arrival = Math.Max(_lastArrival, _freeAt + (DelayMs * 1000L) + (JitterMs > 0 ? _random.Next(JitterMs * 1000) : 0));
        _lastArrival = arrival;
        _inFlight.Enqueue((arrival, datagram));
    }

    /// <summary>The next datagram that has arrived by <paramref name="now"/>.</summary>
    public bool TryReceive(long now, out byte[] datagram, out long arrivedAt)
    {
        if (_inFlight.TryPeek(out var next) && next.ArrivesAt <= now)
        {
            _inFlight.Dequeue();
            (arrivedAt, datagram) = next;
            return true;
        }

        (datagram, arrivedAt) = ([], 0);
        return false;
    }
}
