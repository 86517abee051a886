using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.LoadTest.Engine;

/// <summary>Publishes Opus packets of 20 ms, loud enough to count as speech.</summary>
internal sealed class AudioSource : IMediaSource, IRtpPublication
{
    public const int DefaultPayloadBytes = 120;

    private const int PacketMicroseconds = 20_000;
    private const int PacketTimestamps = 960;

    /// <summary>Configuration 31, mono, one frame: CELT, full band, 20 ms (RFC 6716 section 3.1).</summary>
    private const byte TableOfContents = 0xF8;

    /// <summary>RFC 6464: voice, -25 dBov.</summary>
    private const byte Level = 0x80 | 25;

    private readonly RtpPacketSender _sender;
    private readonly ushort _number;
    private readonly byte[] _payload;
    private uint _timestamp = (uint)Random.Shared.Next();

    /// <param name="sender">Of the publication.</param>
    /// <param name="number">Goes into the stamps.</param>
    /// <param name="payloadBytes">Of each packet.</param>
    /// <param name="start">When the first packet is due: speakers differ in phase.</param>
    public AudioSource(RtpPacketSender sender, ushort number, int payloadBytes, MonotonicTime start)
    {
        _sender = sender;
        _number = number;
        _payload = new byte[payloadBytes];
        Random.Shared.NextBytes(_payload);
        _payload[0] = TableOfContents;
        NextAt = start;
    }

    public uint Ssrc => _sender.Ssrc;

    public MonotonicTime NextAt { get; private set; }

    public void Produce(MonotonicTime now)
    {
        while (NextAt <= now)
        {
            // RFC 3551 section 4.1: the marker opens a talkspurt.
            var first = _sender.Packets == 0;
            new MediaStamp(_number, first, _sender.Packets, _timestamp, EngineClock.WallMicroseconds).Write(_payload.AsSpan(MediaStamp.AudioOffset));
            _sender.Send(_payload, _timestamp, first, Level, now);
            _timestamp += PacketTimestamps;
            NextAt = NextAt.AddMicroseconds(PacketMicroseconds);
        }
    }

    public void WantKeyFrame()
    {
        // Audio has none.
    }

    public bool Retransmit(ushort sequenceNumber) => _sender.Retransmit(sequenceNumber);

    public void WriteReport(ref RtcpWriter writer, MonotonicTime now) => _sender.WriteReport(ref writer, now);
}
