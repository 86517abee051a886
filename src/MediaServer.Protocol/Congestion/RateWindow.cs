namespace MediaServer.Protocol.Congestion;

/// <summary>
/// A rate over a sliding window of 500 ms in slices of 25 ms, on whatever clock the times are of. Times may step back a little; what is older than
/// the window does not count.
/// </summary>
internal sealed class RateWindow
{
    private const long SliceMicroseconds = 25_000;
    private const int Slices = 20;

    private readonly int[] _bytes = new int[Slices];
    private long _newest = long.MinValue;
    private long _first;

    public void Add(long at, int bytes)
    {
        var slice = at / SliceMicroseconds;
        if (_newest == long.MinValue || slice - _newest >= Slices)
        {
            Array.Clear(_bytes);
            _first = _newest == long.MinValue ? slice : _first;
            _newest = slice;
        }
        else if (_newest - slice >= Slices)
        {
            return;
        }

        while (_newest < slice)
        {
            _bytes[(int)(++_newest % Slices)] = 0;
        }

        _bytes[(int)(slice % Slices)] += bytes;
    }

    /// <summary>
    /// Bits per second over the last <paramref name="milliseconds"/> (at most 500) before <paramref name="at"/>; 0 while less than that has been
    /// seen. The slice that is still filling is left out.
    /// </summary>
    public long BitsPerSecond(long at, int milliseconds)
    {
        var last = (at / SliceMicroseconds) - 1;
        var count = Math.Clamp((int)(milliseconds * 1000L / SliceMicroseconds), 1, Slices - 1);
        if (_newest == long.MinValue || last - _first < count)
        {
            return 0;
        }

        long bytes = 0;
        for (var slice = last - count + 1; slice <= last; slice++)
        {
            if (slice <= _newest && _newest - slice < Slices)
            {
                bytes += _bytes[(int)(slice % Slices)];
            }
        }

        return bytes * 8 * 1_000_000 / (count * SliceMicroseconds);
    }

    public void Clear() => _newest = long.MinValue;
}
