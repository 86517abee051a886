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

    /// <summary>The ids that <paramref name="media"/> offers for the direction in which <paramref name="flow"/> goes.</summary>
    public static HeaderExtensionIds Read(SdpMedia media, MediaFlow flow)
    {
        var ids = new HeaderExtensionIds();
        var video = media.Kind == "video";
        var against = flow == MediaFlow.Receive ? "recvonly" : "sendonly";
        foreach (var value in media.Values("extmap"))
        {
            // Ids above 14 need the two-byte form, which is not answered.
            if (!TryParse(value, out var id, out var direction, out var uri) || id > 14 || direction == "inactive" || direction == against)
            {
                continue;
            }

            ids = uri switch
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

    /// <param name="media">Where to write.</param>
    /// <param name="ids">0 writes none.</param>
    /// <param name="offered">For an answer, the line it answers: a direction there is turned round (RFC 8285 section 6).</param>
    public static void Write(SdpMedia media, HeaderExtensionIds ids, SdpMedia? offered = null)
    {
        var turned = new HashSet<(byte, string)>();
        foreach (var value in offered?.Values("extmap") ?? [])
        {
            if (TryParse(value, out var id, out var direction, out var uri) && direction is "sendonly" or "recvonly")
            {
                turned.Add((id, uri));
            }
        }

        var directed = media.Has("recvonly") ? "/recvonly" : "/sendonly";
        Write(ids.Mid, Mid);
        Write(ids.Rid, Rid);
        Write(ids.RepairedRid, RepairedRid);
        Write(ids.AudioLevel, AudioLevel);
        Write(ids.TransportSequenceNumber, TransportSequenceNumber);
        Write(ids.AbsoluteSendTime, AbsoluteSendTime);
        Write(ids.VideoOrientation, VideoOrientation);

        void Write(byte id, string uri)
        {
            if (id != 0)
            {
                media.Add("extmap", $"{id}{(turned.Contains((id, uri)) ? directed : string.Empty)} {uri}");
            }
        }
    }

    /// <summary>"id[/direction] uri [attributes]"; <paramref name="direction"/> is empty when not given.</summary>
    private static bool TryParse(string value, out byte id, out string direction, out string uri)
    {
        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var first = parts is [var text, ..] ? text.Split('/', 2) : [string.Empty];
        direction = first.Length == 2 ? first[1] : string.Empty;
        uri = parts.Length > 1 ? parts[1] : string.Empty;
        return byte.TryParse(first[0], NumberStyles.None, CultureInfo.InvariantCulture, out id) && id != 0 && uri.Length > 0;
    }
}
