using System.Globalization;

namespace MediaServer.Protocol.Sdp;

/// <summary>a=extmap lines (RFC 8285 section 5) of the extensions that this project uses.</summary>
internal static class HeaderExtensionUris
{
    public const string Mid = "urn:ietf:params:rtp-hdrext:sdes:mid";
    public const string Rid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    public const string RepairedRid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    public const string AudioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    public const string TransportSequenceNumber = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    public const string AbsoluteSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
    public const string VideoOrientation = "urn:3gpp:video-orientation";

    public static HeaderExtensionIds Read(SdpMedia media)
    {
        var ids = new HeaderExtensionIds();
        var video = media.Kind == "video";
        foreach (var value in media.Values("extmap"))
        {
            var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 2 || !byte.TryParse(parts[0].Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id is 0 or > 14)
            {
                // Ids above 14 need the two-byte form, which is not answered.
                continue;
            }

            ids = parts[1] switch
            {
                Mid => ids with { Mid = id },
                Rid when video => ids with { Rid = id },
                RepairedRid when video => ids with { RepairedRid = id },
                AudioLevel when !video => ids with { AudioLevel = id },
                TransportSequenceNumber => ids with { TransportSequenceNumber = id },
                AbsoluteSendTime => ids with { AbsoluteSendTime = id },
                VideoOrientation when video => ids with { VideoOrientation = id },
                _ => ids,
            };
        }

        return ids;
    }

    public static void Write(SdpMedia media, HeaderExtensionIds ids)
    {
        Write(media, ids.Mid, Mid);
        Write(media, ids.Rid, Rid);
        Write(media, ids.RepairedRid, RepairedRid);
        Write(media, ids.AudioLevel, AudioLevel);
        Write(media, ids.TransportSequenceNumber, TransportSequenceNumber);
        Write(media, ids.AbsoluteSendTime, AbsoluteSendTime);
        Write(media, ids.VideoOrientation, VideoOrientation);
    }

    private static void Write(SdpMedia media, byte id, string uri)
    {
        if (id != 0)
        {
            media.Add("extmap", $"{id} {uri}");
        }
    }
}
