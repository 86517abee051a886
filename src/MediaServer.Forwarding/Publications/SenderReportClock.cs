namespace MediaServer.Forwarding.Publications;

/// <summary>The last sender report of a stream: which RTP timestamp belongs to which NTP time of its publisher.</summary>
internal struct SenderReportClock
{
    private ulong _ntp;
    private uint _timestamp;

    public readonly ulong Ntp => _ntp;

    public readonly uint Timestamp => _timestamp;

    public bool IsKnown { get; private set; }

    public void Set(ulong ntp, uint timestamp)
    {
        _ntp = ntp;
        _timestamp = timestamp;
        IsKnown = true;
    }

    /// <summary>The RTP timestamp at <paramref name="ntp"/> of the publisher's clock.</summary>
    public readonly uint TimestampAt(ulong ntp, int clockRate) =>
        _timestamp + (uint)(long)Math.Round((long)(ntp - _ntp) * (double)clockRate / 4294967296.0);

    /// <summary>The publisher's NTP time (32.32) of <paramref name="timestamp"/>.</summary>
    public readonly ulong NtpAt(uint timestamp, int clockRate) =>
        _ntp + (ulong)(long)Math.Round((int)(timestamp - _timestamp) * 4294967296.0 / clockRate);
}
