using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Congestion;

/// <summary>
/// Additive-increase, multiplicative-decrease control of the delay-based estimate, draft-ietf-rmcat-gcc-02 section 5.5. Increases by 8 % a second
/// while it does not know where the link ends, and by about a packet per response time near the throughput at which it last ended.
/// </summary>
internal sealed class AimdRateControl(long startBitrate)
{
    public const long MinBitrate = 40_000;
    public const long MaxBitrate = 200_000_000;

    private const double Beta = 0.85;
    private const double IncreasePerSecond = 1.08;
    private const double PacketBits = 1200 * 8;
    private const double MinAdditivePerSecond = 4_000;

    /// <summary>
    /// The draft has 1.5 (section 5.5); here probes find out what lies further above, and an estimate that nothing has tested is not left standing.
    /// </summary>
    private const double MaxAboveThroughput = 1.2;

    /// <summary>Where the link ended this long ago says little of where it ends now.</summary>
    private const long CapacityLifetime = 3_000_000;

    private LinkCapacity _capacity;
    private MonotonicTime _updatedAt;
    private MonotonicTime _decreasedAt;
    private State _state = State.Hold;

    private enum State
    {
        Hold,
        Increase,
        Decrease,
    }

    public long Bitrate { get; private set; } = startBitrate;

    /// <summary>When the estimate was last lowered; the origin before that.</summary>
    public MonotonicTime DecreasedAt => _decreasedAt;

    /// <summary>
    /// Applies what the detector says. <paramref name="acknowledged"/> is the throughput in bits per second, 0 unknown. True when it has decreased.
    /// </summary>
    public bool Update(BandwidthUsage usage, long acknowledged, bool applicationLimited, long responseMicroseconds, MonotonicTime now)
    {
        _state = Next(_state, usage);
        var elapsed = Math.Clamp(now - _updatedAt, 0, 1_000_000) / 1e6;
        _updatedAt = now;
        switch (_state)
        {
            case State.Increase:
                if (now - _decreasedAt > CapacityLifetime)
                {
                    _capacity.Reset();
                }

                Increase(acknowledged, applicationLimited, responseMicroseconds, elapsed);
                return false;

            case State.Decrease:
                _state = State.Hold;
                return Decrease(acknowledged, responseMicroseconds, now);

            default:
                return false;
        }
    }

    /// <summary>A probe has shown that more goes through.</summary>
    public void Raise(long bitrate)
    {
        if (bitrate > Bitrate)
        {
            Bitrate = Math.Min(bitrate, MaxBitrate);
            _capacity.Reset();
        }
    }

    /// <summary>Nothing was heard of the peer: lowers without knowing a throughput.</summary>
    public void Lower(double factor, MonotonicTime now)
    {
        Bitrate = Math.Max(MinBitrate, (long)(Bitrate * factor));
        _decreasedAt = now;
        _state = State.Hold;
    }

    private static State Next(State state, BandwidthUsage usage) => (usage, state) switch
    {
        (BandwidthUsage.Overusing, _) => State.Decrease,
        (BandwidthUsage.Underusing, _) => State.Hold,
        (BandwidthUsage.Normal, State.Hold) => State.Increase,
        _ => state,
    };

    private void Increase(long acknowledged, bool applicationLimited, long responseMicroseconds, double elapsed)
    {
        // What is not used is not known to be there.
        if (applicationLimited)
        {
            return;
        }

        if (_capacity.IsKnown && acknowledged > _capacity.Upper)
        {
            _capacity.Reset();
        }

        double increased = Bitrate;
        if (_capacity.IsKnown)
        {
            var perSecond = PacketBits / ((responseMicroseconds / 1e6) + 0.1);
            increased += Math.Max(MinAdditivePerSecond, perSecond) * elapsed;
        }
        else
        {
            increased *= Math.Pow(IncreasePerSecond, elapsed);
            increased += 1000 * elapsed;
        }

        if (acknowledged > 0)
        {
            increased = Math.Min(increased, (acknowledged * MaxAboveThroughput) + 10_000);
        }

        Bitrate = Math.Min(Math.Max(Bitrate, (long)increased), MaxBitrate);
    }

    private bool Decrease(long acknowledged, long responseMicroseconds, MonotonicTime now)
    {
        // Once per response time: what is reported now was sent before the last decrease.
        var recently = _decreasedAt != default && now - _decreasedAt < Math.Clamp(responseMicroseconds, 50_000, 300_000);
        if (recently && (acknowledged == 0 || acknowledged > Bitrate / 2))
        {
            return false;
        }

        var throughput = acknowledged > 0 ? acknowledged : Bitrate;
        var lowered = (long)(throughput * Beta);
        if (lowered > Bitrate)
        {
            lowered = _capacity.IsKnown ? (long)(_capacity.Estimate * Beta) : Bitrate;
        }

        if (_capacity.IsKnown && throughput < _capacity.Lower)
        {
            _capacity.Reset();
        }

        _capacity.OnOveruse(throughput);
        Bitrate = Math.Max(MinBitrate, Math.Min(lowered, Bitrate));
        _decreasedAt = now;
        return true;
    }

    /// <summary>The throughput at which the link ended lately, with its deviation (section 5.5: average and variance of R_hat).</summary>
    private struct LinkCapacity
    {
        private const double Alpha = 0.05;
        private double _deviation;

        public double Estimate { get; private set; }

        public readonly bool IsKnown => Estimate > 0;

        public readonly double Upper => Estimate + (3 * Deviation);

        public readonly double Lower => Math.Max(0, Estimate - (3 * Deviation));

        private readonly double Deviation => Math.Sqrt(_deviation * Estimate);

        public void OnOveruse(double throughput)
        {
            if (!IsKnown)
            {
                Estimate = throughput;
                _deviation = 400;
                return;
            }

            Estimate = ((1 - Alpha) * Estimate) + (Alpha * throughput);
            var error = Estimate - throughput;
            _deviation = Math.Clamp(((1 - Alpha) * _deviation) + (Alpha * error * error / Math.Max(1, Estimate)), 400, 2500);
        }

        public void Reset() => Estimate = 0;
    }
}
