namespace MediaServer.Protocol.Primitives;

/// <summary>A point on a monotonic clock, in microseconds since an arbitrary origin. Pure code receives it as an argument.</summary>
public readonly record struct MonotonicTime(long Microseconds) : IComparable<MonotonicTime>
{
    /// <summary>A deadline that never comes.</summary>
    public static readonly MonotonicTime Never = new(long.MaxValue);

    public static MonotonicTime FromMilliseconds(long milliseconds) => new(milliseconds * 1000);

    public long Milliseconds => Microseconds / 1000;

    public MonotonicTime AddMilliseconds(long milliseconds) => new(Microseconds + (milliseconds * 1000));

    public MonotonicTime AddMicroseconds(long microseconds) => new(Microseconds + microseconds);

    /// <summary>Microseconds from <paramref name="right"/> to <paramref name="left"/>.</summary>
    public static long operator -(MonotonicTime left, MonotonicTime right) => left.Microseconds - right.Microseconds;

    public static bool operator <(MonotonicTime left, MonotonicTime right) => left.Microseconds < right.Microseconds;

    public static bool operator >(MonotonicTime left, MonotonicTime right) => left.Microseconds > right.Microseconds;

    public static bool operator <=(MonotonicTime left, MonotonicTime right) => left.Microseconds <= right.Microseconds;

    public static bool operator >=(MonotonicTime left, MonotonicTime right) => left.Microseconds >= right.Microseconds;

    public static MonotonicTime Min(MonotonicTime left, MonotonicTime right) => left < right ? left : right;

    public int CompareTo(MonotonicTime other) => Microseconds.CompareTo(other.Microseconds);
}
