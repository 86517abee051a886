using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>What a receiver report says of one source: loss and jitter, RFC 3550 sections 6.4.1, A.3 and A.8.</summary>
internal sealed class ReceptionStatistics
{
    private long _base;
    private long _highest = long.MinValue;
    private long _received;
    private long _reportedExpected;
    private long _reportedReceived;
    private long _qualityExpected;
    private long _qualityReceived;
    private long _lastTransit;
    private bool _hasTransit;
    private long _jitterTimes16;

    public bool HasPackets => _highest != long.MinValue;

    public uint ExtendedHighest => (uint)_highest;

    /// <summary>Interarrival jitter in timestamp units.</summary>
    public uint Jitter => (uint)(_jitterTimes16 >> 4);

    /// <summary>Packets that never arrived, clamped to the 24 bits of a report.</summary>
    public int CumulativeLost => HasPackets ? (int)Math.Clamp(Expected - _received, -0x80_0000, 0x7F_FFFF) : 0;

    private long Expected => _highest - _base + 1;

    public void OnPacket(long sequence, uint timestamp, int clockRate, MonotonicTime now)
    {
        if (!HasPackets)
        {
            _base = sequence;
            _highest = sequence;
        }

        _base = Math.Min(_base, sequence);
        _highest = Math.Max(_highest, sequence);
        _received++;

        var arrival = (now.Microseconds / 1000 * clockRate / 1000) + (now.Microseconds % 1000 * clockRate / 1_000_000);
        var transit = arrival - timestamp;
        if (_hasTransit)
        {
            var difference = Math.Abs((long)(int)(transit - _lastTransit));
            _jitterTimes16 += difference - ((_jitterTimes16 + 8) >> 4);
        }

        _hasTransit = true;
        _lastTransit = transit;
    }

    /// <summary>The share lost since the last call, in 1/256; starts the next interval.</summary>
    public byte TakeFractionLost()
    {
        if (!HasPackets)
        {
            return 0;
        }

        var expected = Expected - _reportedExpected;
        var lost = expected - (_received - _reportedReceived);
        _reportedExpected = Expected;
        _reportedReceived = _received;
        return expected <= 0 || lost <= 0 ? (byte)0 : (byte)Math.Min(255, (lost << 8) / expected);
    }

    /// <summary>Expected and lost packets since the last call, for the connection quality.</summary>
    public (long Expected, long Lost) TakeInterval()
    {
        if (!HasPackets)
        {
            return default;
        }

        var expected = Expected - _qualityExpected;
        var lost = expected - (_received - _qualityReceived);
        _qualityExpected = Expected;
        _qualityReceived = _received;
        return (Math.Max(0, expected), Math.Clamp(lost, 0, Math.Max(0, expected)));
    }

    public void Clear()
    {
        _highest = long.MinValue;
        _base = _received = _reportedExpected = _reportedReceived = _qualityExpected = _qualityReceived = 0;
        _jitterTimes16 = 0;
        _hasTransit = false;
    }
}
