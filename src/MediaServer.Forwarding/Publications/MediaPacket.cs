using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Publications;

/// <summary>One plaintext packet with its bytes and what is known of it. Lives as long as the buffer that it points into.</summary>
internal readonly ref struct MediaPacket(ReadOnlySpan<byte> bytes, scoped in PacketDescription description)
{
    private readonly PacketDescription _description = description;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public RtpHeader Header => _description.Header;

    /// <summary>The publisher's sequence number, extended.</summary>
    public long Sequence => _description.Sequence;

    public NegotiatedCodec Codec => _description.Codec!;

    public ReadOnlySpan<byte> Payload => Bytes.Slice(_description.Header.HeaderLength, _description.Header.PayloadLength);

    public bool StartsKeyFrame => _description.StartsKeyFrame;

    public Vp8PayloadDescriptor Vp8 => _description.Vp8;

    public bool HasVp8 => _description.HasVp8;

    public byte Orientation => _description.Orientation;

    public bool HasOrientation => _description.HasOrientation;

    public byte AudioLevel => _description.AudioLevel;

    public bool HasAudioLevel => _description.HasAudioLevel;
}
