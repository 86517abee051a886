using System.Diagnostics;
using MediaServer.Protocol.Primitives;

namespace MediaServer.LoadTest.Engine;

/// <summary>
/// Two clocks: the monotonic one drives machines; wall time in microseconds stamps packets, because that is the clock by which the kernel says
/// when a datagram arrived.
/// </summary>
internal static class EngineClock
{
    private const long MicrosecondsPerSecond = 1_000_000;

    public static MonotonicTime Now
    {
        get
        {
            var seconds = Math.DivRem(Stopwatch.GetTimestamp(), Stopwatch.Frequency, out var rest);
            return new MonotonicTime((seconds * MicrosecondsPerSecond) + (rest * MicrosecondsPerSecond / Stopwatch.Frequency));
        }
    }

    public static long WallMicroseconds => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
