using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>Whether a publisher's packets can be decoded under a slot's codec.</summary>
internal static class CodecMatch
{
    public static bool AreCompatible(NegotiatedCodec slot, NegotiatedCodec source) =>
        slot.Codec == source.Codec
        && (slot.Codec != MediaCodec.H264
            || (PacketizationMode(slot) == PacketizationMode(source) && ProfileIdc(slot).SequenceEqual(ProfileIdc(source))));

    /// <summary>RFC 6184 section 8.1: absent means 0.</summary>
    private static int PacketizationMode(NegotiatedCodec codec) =>
        Parameter(codec.FormatParameters, "packetization-mode").SequenceEqual("1") ? 1 : 0;

    /// <summary>The profile without constraint flags and level: first byte of profile-level-id; absent means baseline (42).</summary>
    private static ReadOnlySpan<char> ProfileIdc(NegotiatedCodec codec)
    {
        var id = Parameter(codec.FormatParameters, "profile-level-id");
        return id.Length >= 2 ? id[..2] : "42";
    }

    private static ReadOnlySpan<char> Parameter(ReadOnlySpan<char> parameters, ReadOnlySpan<char> name)
    {
        foreach (var range in parameters.Split(';'))
        {
            var parameter = parameters[range].Trim();
            var equals = parameter.IndexOf('=');
            if (equals > 0 && parameter[..equals].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return parameter[(equals + 1)..];
            }
        }

        return default;
    }
}
