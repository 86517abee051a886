using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>Bits per second, measured over windows of about a second and smoothed over some three of them, so that a key frame does not show.</summary>
internal sealed class BitrateMeter
{
    private const long WindowMicroseconds = 1_000_000;

    private MonotonicTime _since;
    private long _bytes;
    private bool _started;

    public long BitsPerSecond { get; private set; }

    public void Add(int bytes, MonotonicTime now)
    {
        if (!_started)
        {
            _started = true;
            _since = now;
        }

        _bytes += bytes;
        var elapsed = now - _since;
        if (elapsed >= WindowMicroseconds)
        {
            var measured = _bytes * 8 * 1_000_000 / elapsed;
            BitsPerSecond = BitsPerSecond == 0 || elapsed > 2 * WindowMicroseconds ? measured : ((BitsPerSecond * 7) + (measured * 3)) / 10;
            _bytes = 0;
            _since = now;
        }
    }

    /// <summary>Takes over what another shard has measured.</summary>
    public void Set(long bitsPerSecond) => BitsPerSecond = bitsPerSecond;

    public void Clear()
    {
        _started = false;
        _bytes = 0;
        BitsPerSecond = 0;
    }
}
