namespace MediaServer.Server.Hubs;

/// <summary>A token bucket per connection: bursts of 60 calls, 20 a second for good. Nobody who uses the client comes near it.</summary>
internal sealed class CallBudget(TimeProvider time)
{
    private const double Burst = 60;
    private const double PerSecond = 20;
    private readonly Lock _lock = new();
    private double _tokens = Burst;
    private long _last = time.GetTimestamp();

    public bool TrySpend()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(Burst, _tokens + (time.GetElapsedTime(_last, now).TotalSeconds * PerSecond));
            _last = now;
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
