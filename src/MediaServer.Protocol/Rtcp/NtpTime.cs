namespace MediaServer.Protocol.Rtcp;

/// <summary>NTP timestamps: 32.32 fixed-point seconds since 1 January 1900 (RFC 3550 section 4).</summary>
public static class NtpTime
{
    /// <summary>Seconds from 1900 to the Unix epoch.</summary>
    private const ulong UnixOffsetSeconds = 2_208_988_800;

    public static ulong FromUnixMicroseconds(long microseconds) =>
        FromMicroseconds(microseconds) + (UnixOffsetSeconds << 32);

    /// <summary>A duration in 32.32 units; negative durations wrap as two's complement does.</summary>
    public static ulong FromMicroseconds(long microseconds)
    {
        var seconds = Math.DivRem(microseconds, 1_000_000, out var rest);
        if (rest < 0)
        {
            seconds--;
            rest += 1_000_000;
        }

        return unchecked(((ulong)seconds << 32) + (((ulong)rest << 32) / 1_000_000));
    }

    /// <summary>A difference of two timestamps in microseconds.</summary>
    public static long ToMicroseconds(long difference) =>
        ((difference >> 32) * 1_000_000) + (long)(((ulong)(uint)difference * 1_000_000) >> 32);

    /// <summary>The middle 32 bits: what LSR carries (RFC 3550 section 6.4.1).</summary>
    public static uint Middle32(ulong ntp) => (uint)(ntp >> 16);
}
