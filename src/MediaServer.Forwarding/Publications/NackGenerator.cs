using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>
/// Which packets of a layer are missing and when to ask for them (again). A gap that is too large to repair empties the list: only a key
/// frame helps then.
/// </summary>
internal sealed class NackGenerator
{
    public const int MaxMissing = 256;
    private const int MaxTries = 10;

    /// <summary>Reordering is more common than loss: ask only for what stays away for this long.</summary>
    private const int ReorderingMilliseconds = 5;
    private const int MinRetryMilliseconds = 20;

    private Missing[] _missing = [];
    private int _count;
    private long _highest = long.MinValue;

    public int Count => _count;

    /// <summary>False when the gap before <paramref name="sequence"/> is beyond repair.</summary>
    public bool OnReceived(long sequence, MonotonicTime now)
    {
        if (_highest == long.MinValue)
        {
            _highest = sequence;
            return true;
        }

        if (sequence <= _highest)
        {
            Remove(sequence);
            return true;
        }

        var gap = sequence - _highest - 1;
        var first = _highest + 1;
        _highest = sequence;
        if (gap > MaxMissing - _count)
        {
            _count = 0;
            return false;
        }

        if (gap > 0 && _missing.Length == 0)
        {
            _missing = new Missing[MaxMissing];
        }

        for (var i = 0; i < gap; i++)
        {
            _missing[_count++] = new Missing(first + i, now, default, 0);
        }

        return true;
    }

    /// <summary>A key frame starts at <paramref name="sequence"/>: nothing before it is needed any more.</summary>
    public void ForgetBefore(long sequence)
    {
        var kept = 0;
        while (kept < _count && _missing[kept].Sequence < sequence)
        {
            kept++;
        }

        _count -= kept;
        Array.Copy(_missing, kept, _missing, 0, _count);
    }

    /// <summary>Writes what to ask for now, ascending, and returns how many; forgets what was asked for too often.</summary>
    public int Collect(MonotonicTime now, int roundTripMilliseconds, Span<ushort> sequences)
    {
        var retry = Math.Max(MinRetryMilliseconds, roundTripMilliseconds + (roundTripMilliseconds / 4)) * 1000L;
        var written = 0;
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            var missing = _missing[i];
            var due = missing.Tries == 0
                ? now - missing.Since >= ReorderingMilliseconds * 1000
                : now - missing.AskedAt >= retry;
            if (due && missing.Tries == MaxTries)
            {
                continue;
            }

            if (due && written < sequences.Length)
            {
                sequences[written++] = (ushort)missing.Sequence;
                missing = missing with { AskedAt = now, Tries = missing.Tries + 1 };
            }

            _missing[kept++] = missing;
        }

        _count = kept;
        return written;
    }

    public void Clear()
    {
        _count = 0;
        _highest = long.MinValue;
    }

    private void Remove(long sequence)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_missing[i].Sequence == sequence)
            {
                _count--;
                Array.Copy(_missing, i + 1, _missing, i, _count - i);
                return;
            }
        }
    }

    private readonly record struct Missing(long Sequence, MonotonicTime Since, MonotonicTime AskedAt, int Tries);
}
