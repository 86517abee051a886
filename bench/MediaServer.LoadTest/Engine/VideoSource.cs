using System.Buffers.Binary;
using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.LoadTest.Engine;

/// <param name="Kbps">Of RTP payload.</param>
/// <param name="FramesPerSecond">1-120.</param>
/// <param name="PacketBytes">RTP payload of each packet.</param>
/// <param name="PacingMilliseconds">How long a frame's packets are spread; 0 sends them together.</param>
internal sealed record VideoShape(int Kbps = 1500, int FramesPerSecond = 30, int PacketBytes = 1200, int PacingMilliseconds = 0);

/// <summary>
/// Publishes frames of whole packets, so many that the mean is the wanted bitrate: VP8 descriptors with picture ids, the marker on a frame's last
/// packet, a key frame at the start and when one is asked for. The picture itself is noise: an SFU never looks at it.
/// </summary>
internal sealed class VideoSource : IMediaSource, IRtpPublication
{
    private const int ClockRate = 90_000;
    private const int KeyFrameFactor = 3;
    private readonly RtpPacketSender _sender;
    private readonly MediaEngine _engine;
    private readonly VideoShape _shape;
    private readonly ushort _number;
    private readonly byte[] _payload;
    private readonly MonotonicTime _start;
    private readonly uint _firstTimestamp = (uint)Random.Shared.Next();
    private long _frame;
    private double _byteBudget;
    private int _packetsInFrame;
    private int _packetInFrame;
    private bool _keyFrame;
    private bool _keyFrameWanted = true;
    private int _pictureId = Random.Shared.Next(0x7FFF);
    private byte _tl0PicIdx;

    /// <param name="engine">Whose thread runs it.</param>
    /// <param name="sender">Of the publication.</param>
    /// <param name="shape">What to send.</param>
    /// <param name="number">Goes into the stamps.</param>
    /// <param name="start">When the first frame is due.</param>
    public VideoSource(MediaEngine engine, RtpPacketSender sender, VideoShape shape, ushort number, MonotonicTime start)
    {
        _engine = engine;
        _sender = sender;
        _shape = shape;
        _number = number;
        _start = start;
        _payload = new byte[shape.PacketBytes];
        Random.Shared.NextBytes(_payload);
        NextAt = start;
    }

    public uint Ssrc => _sender.Ssrc;

    public MonotonicTime NextAt { get; private set; }

    public void Produce(MonotonicTime now)
    {
        while (NextAt <= now)
        {
            if (_packetInFrame == 0)
            {
                BeginFrame();
            }

            SendPacket(now);
            if (++_packetInFrame == _packetsInFrame)
            {
                _packetInFrame = 0;
                _frame++;
            }

            var due = FrameTime(_frame) + (_shape.PacingMilliseconds * 1000L * _packetInFrame / Math.Max(1, _packetsInFrame));
            NextAt = _start.AddMicroseconds(due);
        }
    }

    public void WantKeyFrame() => _keyFrameWanted = true;

    public bool Retransmit(ushort sequenceNumber) => _sender.Retransmit(sequenceNumber);

    public void WriteReport(ref RtcpWriter writer, MonotonicTime now) => _sender.WriteReport(ref writer, now);

    private long FrameTime(long frame) => frame * 1_000_000 / _shape.FramesPerSecond;

    private void BeginFrame()
    {
        _byteBudget += _shape.Kbps * 1000.0 / 8 / _shape.FramesPerSecond;
        _packetsInFrame = Math.Max(1, (int)(_byteBudget / _shape.PacketBytes));
        _byteBudget -= _packetsInFrame * (double)_shape.PacketBytes;
        _keyFrame = _keyFrameWanted;
        _keyFrameWanted = false;
        if (_keyFrame)
        {
            _packetsInFrame *= KeyFrameFactor;
            _engine.Counters.KeyFramesSent++;
        }

        _pictureId = (_pictureId + 1) & 0x7FFF;
        _tl0PicIdx++;
    }

    private void SendPacket(MonotonicTime now)
    {
        var first = _packetInFrame == 0;
        var last = _packetInFrame == _packetsInFrame - 1;
        var timestamp = unchecked(_firstTimestamp + (uint)(_frame * ClockRate / _shape.FramesPerSecond));
        WriteDescriptor(first);
        new MediaStamp(_number, last, _sender.Packets, timestamp, EngineClock.WallMicroseconds).Write(_payload.AsSpan(MediaStamp.VideoOffset));
        _sender.Send(_payload, timestamp, last, null, now);
    }

    /// <summary>RFC 7741 section 4.2 (X, I, L, T), then on a frame's first packet the uncompressed data chunk of RFC 6386 section 9.1.</summary>
    private void WriteDescriptor(bool first)
    {
        _payload[0] = (byte)(first ? 0x90 : 0x80);
        _payload[1] = 0xE0;
        BinaryPrimitives.WriteUInt16BigEndian(_payload.AsSpan(2), (ushort)(0x8000 | _pictureId));
        _payload[4] = _tl0PicIdx;
        _payload[5] = 0;
        ReadOnlySpan<byte> keyFrame = [0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x00, 0x05, 0xD0, 0x02];
        ReadOnlySpan<byte> deltaFrame = [0x11, 0x02, 0x00, 0, 0, 0, 0, 0, 0, 0];
        (first && _keyFrame ? keyFrame : deltaFrame).CopyTo(_payload.AsSpan(Vp8Packetizer.DescriptorLength));
    }
}
