using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Engine;

/// <summary>Counts one incoming RTP stream by its sequence numbers, which travel in the clear.</summary>
internal sealed class ReceivedStream(uint ssrc, MediaKind kind)
{
    private SequenceExtender _extender;
    private long _first = -1;
    private long _windowHighest = -1;
    private long _windowReceived;
    private long _reportedExpected;
    private long _reportedReceived;
    private uint _lastSr;
    private MonotonicTime _lastSrAt;

    public uint Ssrc { get; } = ssrc;

    public MediaKind Kind { get; } = kind;

    public long Received { get; private set; }

    public void OnPacket(ushort sequenceNumber)
    {
        var extended = _extender.Extend(sequenceNumber);
        if (_first < 0)
        {
            _first = extended;
        }

        Received++;
    }

    /// <param name="ntp">Of a sender report.</param>
    /// <param name="now">When it came.</param>
    public void OnSenderReport(ulong ntp, MonotonicTime now)
    {
        _lastSr = NtpTime.Middle32(ntp);
        _lastSrAt = now;
    }

    public void BeginWindow()
    {
        _windowHighest = _first < 0 ? -1 : _extender.Highest;
        _windowReceived = Received;
    }

    /// <summary>Packets since <see cref="BeginWindow"/>, and how many should have come: those up to the highest number.</summary>
    public (long Received, long Expected) Window()
    {
        if (_first < 0)
        {
            return (0, 0);
        }

        var from = _windowHighest < 0 ? _first - 1 : _windowHighest;
        return (Received - _windowReceived, _extender.Highest - from);
    }

    /// <summary>RFC 3550 section 6.4.1, appendix A.3. The jitter is not measured: it would cost a clock per packet.</summary>
    public ReportBlock Report(MonotonicTime now)
    {
        if (_first < 0)
        {
            return new ReportBlock(Ssrc, 0, 0, 0, 0, 0, 0);
        }

        var expected = _extender.Highest - _first + 1;
        var expectedInterval = expected - _reportedExpected;
        var lostInterval = expectedInterval - (Received - _reportedReceived);
        _reportedExpected = expected;
        _reportedReceived = Received;
        var fraction = expectedInterval <= 0 || lostInterval <= 0 ? 0 : lostInterval * 256 / expectedInterval;
        return new ReportBlock(
            Ssrc, (byte)Math.Min(fraction, 255), (int)Math.Max(0, expected - Received), unchecked((uint)(_extender.Highest - 0x10000)), 0,
            _lastSr, _lastSr == 0 ? 0 : (uint)((now - _lastSrAt) * 65536 / 1_000_000));
    }
}
