namespace MediaServer.Server.Observability;

/// <summary>The longest of the pauses in the last 30 seconds, so that a scrape at any usual interval sees it.</summary>
internal sealed class LongestPause
{
    public const int WindowSeconds = 30;
    private readonly Lock _lock = new();
    private readonly (long Second, double Longest)[] _seconds = new (long, double)[WindowSeconds];

    /// <param name="pause">In seconds.</param>
    /// <param name="second">When, in whole seconds of any clock that does not go back.</param>
    public void Add(double pause, long second)
    {
        lock (_lock)
        {
            ref var slot = ref _seconds[second % WindowSeconds];
            slot = slot.Second == second ? (second, Math.Max(slot.Longest, pause)) : (second, pause);
        }
    }

    public double Within(long second)
    {
        lock (_lock)
        {
            var longest = 0.0;
            foreach (var (at, pause) in _seconds)
            {
                longest = second - at < WindowSeconds ? Math.Max(longest, pause) : longest;
            }

            return longest;
        }
    }
}
