using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Congestion;

/// <summary>
/// What a peer says it can receive when it sends no transport-wide feedback: REMB (draft-alvestrand-rmcat-remb-03), and the loss in its receiver
/// reports as a bound on what is sent (draft-ietf-rmcat-gcc-02 section 6).
/// </summary>
public sealed class ReceiverReportedBitrate
{
    /// <summary>A REMB that is not repeated for this long holds no more; browsers repeat it every second.</summary>
    private const long RembLifetime = 5_000_000;

    private readonly RateWindow _sent = new();
    private LossBound _loss = new();
    private long _remb = long.MaxValue;
    private MonotonicTime _rembAt;

    public void OnSent(int length, MonotonicTime now) => _sent.Add(now.Microseconds, length + SendSideEstimator.PacketOverhead);

    public void OnRemb(ulong bitsPerSecond, MonotonicTime now)
    {
        _remb = (long)Math.Min(bitsPerSecond, (ulong)AimdRateControl.MaxBitrate);
        _rembAt = now;
    }

    /// <param name="fraction">Loss since the last report, 0 to 1.</param>
    public void OnLoss(double fraction, MonotonicTime now)
    {
        var sent = _sent.BitsPerSecond(now.Microseconds, 475);
        if (sent > 0)
        {
            _loss.OnFraction(fraction, sent, now);
        }
    }

    /// <summary>What REMB says, bits per second; <see cref="long.MaxValue"/> when it says nothing.</summary>
    public long Remb(MonotonicTime now) => now - _rembAt <= RembLifetime ? _remb : long.MaxValue;

    /// <summary>The bound that loss sets; <see cref="long.MaxValue"/> when there is none.</summary>
    public long LossBitrate => _loss.Bitrate;
}
