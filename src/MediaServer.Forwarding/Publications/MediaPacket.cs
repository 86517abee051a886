using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Publications;

/// <summary>One plaintext packet of a publication, parsed once for all its subscribers. Lives as long as the datagram it points into.</summary>
internal readonly ref struct MediaPacket
{
    private const byte AbsentLevel = 0xFF;

    private MediaPacket(ReadOnlySpan<byte> bytes, scoped in RtpHeader header, long sequence, NegotiatedCodec codec)
    {
        Bytes = bytes;
        Header = header;
        Sequence = sequence;
        Codec = codec;
        AudioLevel = AbsentLevel;
    }

    public ReadOnlySpan<byte> Bytes { get; }

    public RtpHeader Header { get; }

    /// <summary>The publisher's sequence number, extended.</summary>
    public long Sequence { get; }

    public NegotiatedCodec Codec { get; }

    public ReadOnlySpan<byte> Payload => Bytes.Slice(Header.HeaderLength, Header.PayloadLength);

    /// <summary>The first packet of a key frame.</summary>
    public bool StartsKeyFrame { get; private init; }

    public Vp8PayloadDescriptor Vp8 { get; private init; }

    public bool HasVp8 { get; private init; }

    /// <summary>The byte of urn:3gpp:video-orientation.</summary>
    public byte Orientation { get; private init; }

    public bool HasOrientation { get; private init; }

    /// <summary>The byte of the audio level extension (RFC 6464); meaningful when <see cref="HasAudioLevel"/>.</summary>
    public byte AudioLevel { get; private init; }

    public bool HasAudioLevel { get; private init; }

    /// <summary>False when the payload is not what its codec's payload format says.</summary>
    public static bool TryDescribe(
        ReadOnlySpan<byte> bytes,
        scoped in RtpHeader header,
        long sequence,
        NegotiatedCodec codec,
        HeaderExtensionIds extensions,
        out MediaPacket packet)
    {
        var payload = bytes.Slice(header.HeaderLength, header.PayloadLength);
        switch (codec.Codec)
        {
            case MediaCodec.Opus:
                var hasLevel = TryReadByte(bytes, header, extensions.AudioLevel, out var level);
                packet = new MediaPacket(bytes, header, sequence, codec) { AudioLevel = level, HasAudioLevel = hasLevel };
                return !payload.IsEmpty;

            case MediaCodec.Vp8 when !Vp8PayloadDescriptor.TryParse(payload, out _):
                packet = default;
                return false;

            default:
                var vp8 = default(Vp8PayloadDescriptor);
                var isVp8 = codec.Codec == MediaCodec.Vp8 && Vp8PayloadDescriptor.TryParse(payload, out vp8);
                var hasOrientation = TryReadByte(bytes, header, extensions.VideoOrientation, out var orientation);
                packet = new MediaPacket(bytes, header, sequence, codec)
                {
                    HasVp8 = isVp8,
                    Vp8 = vp8,
                    StartsKeyFrame = isVp8 ? vp8.IsKeyFrame : H264Payload.IsKeyFrameStart(payload),
                    HasOrientation = hasOrientation,
                    Orientation = orientation,
                };
                return !payload.IsEmpty;
        }
    }

    private static bool TryReadByte(ReadOnlySpan<byte> bytes, scoped in RtpHeader header, byte id, out byte value)
    {
        if (id != 0 && HeaderExtensions.TryFind(bytes, header, id, out var found) && found.Length > 0)
        {
            value = found[0];
            return true;
        }

        value = 0;
        return false;
    }
}
