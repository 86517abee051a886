using System.Buffers.Binary;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Engine;

/// <summary>What a virtual peer does with the media that come: count all, decrypt a sample.</summary>
internal sealed partial class VirtualPeer
{
    private readonly ReceivedStream[] _streams;
    private readonly Dictionary<uint, StreamVerifier>? _verifiers;
    private int _kindsSeen;
    private int _untilSample;

    private void OnRtp(Span<byte> packet, long arrivedAt, MonotonicTime now)
    {
        var stream = Find(BinaryPrimitives.ReadUInt32BigEndian(packet[8..]));
        if (_transportSequenceId != 0)
        {
            NoteArrival(packet, arrivedAt);
        }

        if (stream is null)
        {
            _engine.Counters.OtherRtpReceived++;
            return;
        }

        stream.OnPacket(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        _engine.Counters.MediaPacketsReceived++;
        _engine.Counters.MediaBytesReceived += packet.Length;
        if (_kindsSeen != _kindsWanted)
        {
            _kindsSeen |= (1 << (int)stream.Kind) & _kindsWanted;
            if (_kindsSeen == _kindsWanted)
            {
                _receiving.TrySetResult(now);
            }
        }

        if (_verifiers is not null || _untilSample-- == 0)
        {
            _untilSample = SampleInterval - 1;
            Sample(packet, stream, arrivedAt);
        }
    }

    private ReceivedStream? Find(uint ssrc)
    {
        foreach (var stream in _streams)
        {
            if (stream.Ssrc == ssrc)
            {
                return stream;
            }
        }

        return null;
    }

    private void Sample(Span<byte> packet, ReceivedStream stream, long arrivedAt)
    {
        _engine.Counters.Decrypted++;
        if (_srtp is null || !_srtp.TryUnprotectRtp(packet, out var length, out _) || !RtpHeader.TryParse(packet[..length], out var header, out _))
        {
            _engine.Counters.DecryptFailures++;
            return;
        }

        if (header.PayloadLength == 0)
        {
            _verifiers?[stream.Ssrc].OnPadding(header);
            return;
        }

        var payload = packet.Slice(header.HeaderLength, header.PayloadLength);
        if (!MediaStamp.TryRead(payload, stream.Kind == MediaKind.Video ? MediaStamp.VideoOffset : MediaStamp.AudioOffset, out var stamp))
        {
            return;
        }

        if (IsTimed)
        {
            _engine.Transit.Record(arrivedAt - stamp.SentAt);
        }

        _verifiers?[stream.Ssrc].OnPacket(header, stamp);
    }
}
