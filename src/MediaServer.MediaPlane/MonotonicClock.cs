using System.Diagnostics;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.MediaPlane;

/// <summary>The clock that pure code is given: the monotonic one, and wall time as NTP derived from it, so that neither jumps.</summary>
public static class MonotonicClock
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private static readonly long WallOffset = ((DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) - Now.Microseconds;

    public static MonotonicTime Now
    {
        get
        {
            var seconds = Math.DivRem(Stopwatch.GetTimestamp(), Stopwatch.Frequency, out var rest);
            return new MonotonicTime((seconds * MicrosecondsPerSecond) + (rest * MicrosecondsPerSecond / Stopwatch.Frequency));
        }
    }

    /// <summary>32.32 NTP time at <paramref name="now"/>; wall time as it was when the process started, plus what has passed.</summary>
    public static ulong NtpAt(MonotonicTime now) => NtpTime.FromUnixMicroseconds(now.Microseconds + WallOffset);
}
