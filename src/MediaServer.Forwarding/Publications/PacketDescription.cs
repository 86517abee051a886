using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Publications;

/// <summary>What is known of one plaintext packet of a publication without its bytes; parsed once for all subscribers.</summary>
internal readonly struct PacketDescription
{
    private const byte AbsentLevel = 0xFF;

    private PacketDescription(scoped in RtpHeader header, long sequence, NegotiatedCodec? codec)
    {
        Header = header;
        Sequence = sequence;
        Codec = codec;
        AudioLevel = AbsentLevel;
    }

    public RtpHeader Header { get; }

    /// <summary>The publisher's sequence number, extended.</summary>
    public long Sequence { get; }

    /// <summary>Null for a packet that carries nothing for a subscriber (padding, unknown payload): its number is left out of the output.</summary>
    public NegotiatedCodec? Codec { get; }

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

    /// <summary>A packet without anything to forward.</summary>
    public static PacketDescription Skipped(scoped in RtpHeader header, long sequence) => new(header, sequence, null);

    /// <summary>False when the payload is not what its codec's payload format says.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes,
        scoped in RtpHeader header,
        long sequence,
        NegotiatedCodec codec,
        HeaderExtensionIds extensions,
        out PacketDescription description)
    {
        var payload = bytes.Slice(header.HeaderLength, header.PayloadLength);
        var vp8 = default(Vp8PayloadDescriptor);
        switch (codec.Codec)
        {
            case MediaCodec.Opus:
                var hasLevel = TryReadByte(bytes, header, extensions.AudioLevel, out var level);
                description = new PacketDescription(header, sequence, codec) { AudioLevel = level, HasAudioLevel = hasLevel };
                return !payload.IsEmpty;

            case MediaCodec.Vp8 when !Vp8PayloadDescriptor.TryParse(payload, out vp8):
                description = default;
                return false;

            default:
                var isVp8 = codec.Codec == MediaCodec.Vp8;
                var hasOrientation = TryReadByte(bytes, header, extensions.VideoOrientation, out var orientation);
                description = new PacketDescription(header, sequence, codec)
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
