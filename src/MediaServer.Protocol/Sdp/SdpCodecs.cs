using System.Collections.Immutable;
using System.Globalization;

namespace MediaServer.Protocol.Sdp;

/// <summary>The codecs of an m-line that this server forwards, in the offerer's order, each with its RTX payload type (RFC 4588 section 8.1).</summary>
internal static class SdpCodecs
{
    public static ImmutableArray<NegotiatedCodec> Read(SdpMedia media)
    {
        var codecs = ImmutableArray.CreateBuilder<NegotiatedCodec>();
        foreach (var format in media.Formats)
        {
            if (TryReadPayloadType(format, out var payloadType) && TryReadCodec(media, format, out var codec, out var clockRate))
            {
                codecs.Add(new NegotiatedCodec(codec, payloadType, FindRtx(media, format), clockRate, FormatParameters(media, format)));
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

    private static bool TryReadPayloadType(string format, out byte payloadType) =>
        byte.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out payloadType) && payloadType < 128;

    private static bool TryReadCodec(SdpMedia media, string format, out MediaCodec codec, out int clockRate)
    {
        codec = default;
        clockRate = 0;
        var map = FirstWithPrefix(media, "rtpmap", format)?.Split('/');
        if (map is null || map.Length < 2 || !int.TryParse(map[1], NumberStyles.None, CultureInfo.InvariantCulture, out clockRate))
        {
            return false;
        }

        switch (media.Kind, map[0].ToUpperInvariant(), clockRate)
        {
            case ("audio", "OPUS", 48000):
                codec = MediaCodec.Opus;
                return true;
            case ("video", "VP8", 90000):
                codec = MediaCodec.Vp8;
                return true;
            case ("video", "H264", 90000):
                codec = MediaCodec.H264;
                return IsForwardableH264(FormatParameters(media, format));
            default:
                return false;
        }
    }

    /// <summary>Baseline and Constrained Baseline with packetization-mode 1: what every browser decodes (RFC 7742 section 6.2).</summary>
    private static bool IsForwardableH264(string formatParameters) =>
        Parameter(formatParameters, "packetization-mode") == "1" &&
        (Parameter(formatParameters, "profile-level-id") ?? "420010").StartsWith("42", StringComparison.OrdinalIgnoreCase);

    private static byte? FindRtx(SdpMedia media, string format)
    {
        foreach (var candidate in media.Formats)
        {
            if (TryReadPayloadType(candidate, out var payloadType) &&
                FirstWithPrefix(media, "rtpmap", candidate)?.StartsWith("rtx/", StringComparison.OrdinalIgnoreCase) == true &&
                Parameter(FormatParameters(media, candidate), "apt") == format)
            {
                return payloadType;
            }
        }

        return null;
    }

    private static string FormatParameters(SdpMedia media, string format) => FirstWithPrefix(media, "fmtp", format) ?? string.Empty;

    /// <summary>The rest of the first "a=name:format rest".</summary>
    private static string? FirstWithPrefix(SdpMedia media, string name, string format)
    {
        foreach (var value in media.Values(name))
        {
            if (value.Length > format.Length && value[format.Length] == ' ' && value.StartsWith(format, StringComparison.Ordinal))
            {
                return value[(format.Length + 1)..].Trim();
            }
        }

        return null;
    }
}
