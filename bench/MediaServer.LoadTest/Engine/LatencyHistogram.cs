using System.Numerics;

namespace MediaServer.LoadTest.Engine;

/// <summary>Counts durations in microseconds in buckets of 1/32 of an octave: percentiles are right to 3 %. Recording allocates nothing.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 5;
    private const int SubBuckets = 1 << SubBits;
    private readonly long[] _counts = new long[(64 - SubBits) * SubBuckets];

    public long Count { get; private set; }

    public long Max { get; private set; }

    /// <summary>Negative durations (clocks that were set) count as 0.</summary>
    public void Record(long microseconds)
    {
        microseconds = Math.Max(0, microseconds);
        _counts[BucketOf(microseconds)]++;
        Count++;
        Max = Math.Max(Max, microseconds);
    }

    public void Reset()
    {
        Array.Clear(_counts);
        Count = 0;
        Max = 0;
    }

    /// <summary>The value that <paramref name="quantile"/> (0-1) of the recorded ones do not exceed; 0 when there are none.</summary>
    public long Quantile(double quantile)
    {
        var rank = (long)Math.Ceiling(quantile * Count);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
            {
                return Math.Min(UpperBoundOf(i), Max);
            }
        }

        return Max;
    }

    private static int BucketOf(long value)
    {
        if (value < SubBuckets)
        {
            return (int)value;
        }

        var shift = 63 - BitOperations.LeadingZeroCount((ulong)value) - SubBits;
        return ((shift + 1) * SubBuckets) + (int)((value >> shift) - SubBuckets);
    }

    private static long UpperBoundOf(int bucket)
    {
        if (bucket < SubBuckets)
        {
            return bucket;
        }

        var shift = (bucket / SubBuckets) - 1;
        return ((((long)(bucket % SubBuckets) + SubBuckets + 1) << shift) - 1);
    }
}
