using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Engine;

/// <summary>
/// Checks every packet of one stream against what its publisher wrote: nothing missing, nothing twice, in order, marker and timestamp as sent up to
/// one constant offset. A stream that changes its source (a speaker's turn) starts anew.
/// </summary>
internal sealed class StreamVerifier(MediaKind kind)
{
    private bool _started;
    private MediaStamp _last;
    private ushort _lastSequence;
    private uint _timestampOffset;

    public long Packets { get; private set; }

    public long Faults { get; private set; }

    /// <summary>What was wrong with the last faulty packet.</summary>
    public string? LastFault { get; private set; }

    public void OnPacket(in RtpHeader header, in MediaStamp stamp)
    {
        Packets++;
        var starts = !_started || stamp.Source != _last.Source;
        if (_started && (ushort)(_lastSequence + 1) != header.SequenceNumber)
        {
            Fault($"sequence number {header.SequenceNumber} after {_lastSequence}");
        }

        if (starts)
        {
            _timestampOffset = header.Timestamp - stamp.Timestamp;
        }
        else
        {
            if (stamp.Packet != _last.Packet + 1)
            {
                Fault($"packet {stamp.Packet} of the publisher after {_last.Packet}");
            }

            if (header.Timestamp - stamp.Timestamp != _timestampOffset)
            {
                Fault($"timestamp offset {header.Timestamp - stamp.Timestamp} instead of {_timestampOffset}");
            }
        }

        // RFC 3551 section 4.1: an audio marker opens a talkspurt and is the server's to set.
        if (kind == MediaKind.Video && header.Marker != stamp.Marker)
        {
            Fault($"marker {header.Marker} instead of {stamp.Marker}");
        }

        _started = true;
        _last = stamp;
        _lastSequence = header.SequenceNumber;
    }

    private void Fault(string what)
    {
        Faults++;
        LastFault = what;
    }
}
