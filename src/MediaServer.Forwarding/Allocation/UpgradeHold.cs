using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Allocation;

/// <summary>
/// Keeps layers from flapping: after a downgrade no upgrade for 4 s, and for twice as long each time an upgrade did not last 20 s, up to a minute;
/// unless the estimate has grown to half as much again since, which says that the link is another one now.
/// </summary>
public struct UpgradeHold
{
    private const long FirstMilliseconds = 4_000;
    private const long LongestMilliseconds = 60_000;
    private const long LastingMicroseconds = 20_000_000;

    private MonotonicTime _until;
    private MonotonicTime _upgradedAt;
    private long _milliseconds;
    private long _bitrate;
    private bool _upgraded;

    public readonly bool MayUpgrade(long bitrate, MonotonicTime now) => now >= _until || bitrate / 3 >= _bitrate / 2;

    public void OnUpgrade(MonotonicTime now)
    {
        _upgraded = true;
        _upgradedAt = now;
    }

    /// <param name="bitrate">The estimate that made the downgrade necessary.</param>
    /// <param name="now">The present time.</param>
    public void OnDowngrade(long bitrate, MonotonicTime now)
    {
        if (now < _until)
        {
            // One fall in several steps counts once.
            _bitrate = Math.Min(_bitrate, bitrate);
            _until = _until > now.AddMilliseconds(FirstMilliseconds) ? _until : now.AddMilliseconds(FirstMilliseconds);
            return;
        }

        var failed = _upgraded && now - _upgradedAt < LastingMicroseconds;
        _bitrate = bitrate;
        _milliseconds = failed ? Math.Clamp(_milliseconds * 2, FirstMilliseconds, LongestMilliseconds) : FirstMilliseconds;
        _until = now.AddMilliseconds(_milliseconds);
    }
}
