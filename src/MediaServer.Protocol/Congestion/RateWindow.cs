namespace MediaServer.Protocol.Congestion;

/// <summary>
/// A rate over a sliding window of half a second in 16 slices of 2^15 us, on whatever clock the times are of. Times may step back a little; what is
/// older than the window does not count.
/// </summary>
internal sealed class RateWindow
{
    private const int SliceShift = 15;
    private const int Slices = 16;

    private readonly int[] _bytes = new int[Slices];
    private long _newest = long.MinValue;
    private long _first;

    public void Add(long at, int bytes)
    {
        var slice = at >> SliceShift;
        if (slice != _newest && !TryMove(slice))
        {
            return;
        }

        _bytes[(int)slice & (Slices - 1)] += bytes;
    }

    /// <summary>
    /// Bits per second over about the last <paramref name="milliseconds"/> (at most 490) before <paramref name="at"/>; 0 while less than that has been
    /// seen. The slice that is still filling is left out.
    /// </summary>
    public long BitsPerSecond(long at, int milliseconds)
    {
        var last = (at >> SliceShift) - 1;
        var count = Math.Clamp((int)(milliseconds * 1000L >> SliceShift), 1, Slices - 1);
        if (_newest == long.MinValue || last - _first < count)
        {
            return 0;
        }

        long bytes = 0;
        for (var slice = last - count + 1; slice <= last; slice++)
        {
            if (slice <= _newest && _newest - slice < Slices)
            {
                bytes += _bytes[(int)slice & (Slices - 1)];
            }
        }

        return bytes * 8 * 1_000_000 / ((long)count << SliceShift);
    }

    /// <summary>False when the slice is out of the window.</summary>
    private bool TryMove(long slice)
    {
        if (_newest == long.MinValue || slice - _newest >= Slices)
        {
            Array.Clear(_bytes);
            _first = _newest == long.MinValue ? slice : _first;
            _newest = slice;
            return true;
        }

        while (_newest < slice)
        {
            _bytes[(int)++_newest & (Slices - 1)] = 0;
        }

        return _newest - slice < Slices;
    }
}
