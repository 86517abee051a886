using System.Collections.Immutable;
using System.Globalization;

namespace MediaServer.Protocol.Sdp;

/// <summary>The codecs of an m-line that this server forwards, in the offerer's order, each with its RTX payload type (RFC 4588 section 8.1).</summary>
internal static class SdpCodecs
{
    public static ImmutableArray<NegotiatedCodec> Read(SdpMedia media)
    {
        // Looked up, not searched: what a hostile offer costs must not grow faster than its length.
        var maps = ByFormat(media, "rtpmap");
        var parameters = ByFormat(media, "fmtp");
        var retransmissions = Retransmissions(media, maps, parameters);
        var codecs = ImmutableArray.CreateBuilder<NegotiatedCodec>();
        var taken = new HashSet<byte>();
        foreach (var format in media.Formats)
        {
            var formatParameters = parameters.GetValueOrDefault(format, string.Empty);
            if (TryReadPayloadType(format, out var payloadType) && TryReadCodec(media.Kind, maps.GetValueOrDefault(format), formatParameters, out var codec, out var clockRate) && taken.Add(payloadType))
            {
                byte? rtx = retransmissions.TryGetValue(format, out var found) ? found : null;
                codecs.Add(new NegotiatedCodec(codec, payloadType, rtx, clockRate, formatParameters));
            }
        }

        return codecs.ToImmutable();
    }

    public static string NameOf(MediaCodec codec) => codec switch
    {
        MediaCodec.Opus => "opus/48000/2",
        MediaCodec.Vp8 => "VP8/90000",
        _ => "H264/90000",
    };

    /// <summary>The value of <paramref name="name"/> in an a=fmtp, null when absent.</summary>
    public static string? Parameter(string formatParameters, string name)
    {
        foreach (var pair in formatParameters.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair[..equals].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return pair[(equals + 1)..];
            }
        }

        return null;
    }

    /// <summary>Types 64-95 would read as RTCP when the marker is set (RFC 5761 section 4).</summary>
    private static bool TryReadPayloadType(string format, out byte payloadType) =>
        byte.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out payloadType) && payloadType is < 64 or (> 95 and < 128);

    private static bool TryReadCodec(string kind, string? map, string formatParameters, out MediaCodec codec, out int clockRate)
    {
        codec = default;
        clockRate = 0;
        var parts = map?.Split('/');
        if (parts is not { Length: >= 2 } || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out clockRate))
        {
            return false;
        }

        switch (kind, parts[0].ToUpperInvariant(), clockRate)
        {
            case ("audio", "OPUS", 48000):
                codec = MediaCodec.Opus;
                return true;
            case ("video", "VP8", 90000):
                codec = MediaCodec.Vp8;
                return true;
            case ("video", "H264", 90000):
                codec = MediaCodec.H264;
                return IsForwardableH264(formatParameters);
            default:
                return false;
        }
    }

    /// <summary>Baseline and Constrained Baseline with packetization-mode 1: what every browser decodes (RFC 7742 section 6.2).</summary>
    private static bool IsForwardableH264(string formatParameters) =>
        Parameter(formatParameters, "packetization-mode") == "1" &&
        (Parameter(formatParameters, "profile-level-id") ?? "420010").StartsWith("42", StringComparison.OrdinalIgnoreCase);

    /// <summary>The first RTX payload type for each format.</summary>
    private static Dictionary<string, byte> Retransmissions(SdpMedia media, Dictionary<string, string> maps, Dictionary<string, string> parameters)
    {
        var byOriginal = new Dictionary<string, byte>();
        foreach (var format in media.Formats)
        {
            if (TryReadPayloadType(format, out var payloadType) &&
                maps.GetValueOrDefault(format)?.StartsWith("rtx/", StringComparison.OrdinalIgnoreCase) == true &&
                Parameter(parameters.GetValueOrDefault(format, string.Empty), "apt") is { } original)
            {
                byOriginal.TryAdd(original, payloadType);
            }
        }

        return byOriginal;
    }

    /// <summary>The first "a=name:format rest" of each format.</summary>
    private static Dictionary<string, string> ByFormat(SdpMedia media, string name)
    {
        var byFormat = new Dictionary<string, string>();
        foreach (var value in media.Values(name))
        {
            var space = value.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0)
            {
                byFormat.TryAdd(value[..space], value[(space + 1)..].Trim());
            }
        }

        return byFormat;
    }
}
