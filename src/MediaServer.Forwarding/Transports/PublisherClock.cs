using MediaServer.Forwarding.Publications;

namespace MediaServer.Forwarding.Transports;

/// <summary>
/// Translates a publisher's NTP clock into the server's by one offset for all its streams. One offset keeps its audio and video in step
/// (whatever the offset is), and the server's clock in the slots' sender reports makes the round trip measurable from LSR and DLSR.
/// </summary>
internal sealed class PublisherClock
{
    /// <summary>The publisher's clock has been set anew when it moves by more than this (half a second, 32.32).</summary>
    private const long StepThreshold = 1L << 31;

    private ulong _offset;
    private bool _known;

    public bool IsKnown => _known;

    /// <summary>The server's clock minus the publisher's, 32.32.</summary>
    public ulong Offset => _offset;

    /// <summary>Takes over what the publisher's shard knows: one offset for all streams wherever they are shown.</summary>
    public void Set(ulong offset)
    {
        _offset = offset;
        _known = true;
    }

    /// <summary>A sender report with <paramref name="publisherNtp"/> arrived at <paramref name="serverNtp"/>.</summary>
    public void OnSenderReport(ulong publisherNtp, ulong serverNtp)
    {
        var offset = serverNtp - publisherNtp;
        if (!_known || Math.Abs((double)(long)(offset - _offset)) > StepThreshold)
        {
            _offset = offset;
            _known = true;
        }
    }

    /// <summary>The RTP timestamp of <paramref name="layer"/> (in its own domain) at <paramref name="serverNtp"/>. False before its first sender report.</summary>
    public bool TryMapTimestamp(PublicationLayer layer, int clockRate, ulong serverNtp, out uint timestamp)
    {
        if (!_known || !layer.Clock.IsKnown)
        {
            timestamp = 0;
            return false;
        }

        timestamp = layer.Clock.TimestampAt(serverNtp - _offset, clockRate);
        return true;
    }
}
