using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;

namespace MediaServer.Protocol.Sdp;

/// <summary>One m-line that a headless participant sends on. <paramref name="RtxSsrc"/> is 0 for audio.</summary>
public sealed record OfferedPublication(string Mid, MediaKind Kind, uint Ssrc, uint RtxSsrc);

/// <summary>Builds the offer of a headless participant: its publications, then receive-only slots. Opus and VP8 with RTX.</summary>
public static class OfferBuilder
{
    public const byte OpusPayloadType = 111;
    public const byte Vp8PayloadType = 96;
    public const byte Vp8RtxPayloadType = 97;

    /// <summary>The header extensions that are offered.</summary>
    public static readonly HeaderExtensionIds Extensions = new(Mid: 1, AudioLevel: 2, TransportSequenceNumber: 3);

    public static string Build(
        IceCredentials ice, DtlsFingerprint fingerprint, IReadOnlyList<OfferedPublication> publications, IReadOnlyList<string> audioSlots, IReadOnlyList<string> videoSlots, long version)
    {
        var offer = new SdpSession();
        offer.Add("group", $"BUNDLE {string.Join(' ', publications.Select(p => p.Mid).Concat(audioSlots).Concat(videoSlots))}");
        foreach (var publication in publications)
        {
            var line = AddLine(offer, publication.Kind, publication.Mid, "sendonly", ice, fingerprint);
            line.Add("msid", $"- {publication.Mid}");
            if (publication.RtxSsrc != 0)
            {
                line.Add("ssrc-group", $"FID {publication.Ssrc} {publication.RtxSsrc}");
            }

            line.Add("ssrc", $"{publication.Ssrc} cname:{ice.UsernameFragment}");
            if (publication.RtxSsrc != 0)
            {
                line.Add("ssrc", $"{publication.RtxSsrc} cname:{ice.UsernameFragment}");
            }
        }

        foreach (var mid in audioSlots)
        {
            AddLine(offer, MediaKind.Audio, mid, "recvonly", ice, fingerprint);
        }

        foreach (var mid in videoSlots)
        {
            AddLine(offer, MediaKind.Video, mid, "recvonly", ice, fingerprint);
        }

        return SdpWriter.Write(offer, version);
    }

    private static SdpMedia AddLine(SdpSession offer, MediaKind kind, string mid, string direction, IceCredentials ice, DtlsFingerprint fingerprint)
    {
        var audio = kind == MediaKind.Audio;
        var line = new SdpMedia(audio ? "audio" : "video", 9, "UDP/TLS/RTP/SAVPF", audio ? [$"{OpusPayloadType}"] : [$"{Vp8PayloadType}", $"{Vp8RtxPayloadType}"]);
        offer.Media.Add(line);
        line.Add("mid", mid);
        line.Add("ice-ufrag", ice.UsernameFragment);
        line.Add("ice-pwd", ice.Password);
        line.Add("fingerprint", $"{fingerprint.Algorithm} {fingerprint.Value}");
        line.Add("setup", "actpass");
        line.Add("rtcp-mux");
        line.Add("rtcp-rsize");
        line.Add(direction);
        HeaderExtensionUris.Write(line, audio ? Extensions : Extensions with { AudioLevel = 0 });
        if (audio)
        {
            line.Add("rtpmap", $"{OpusPayloadType} opus/48000/2");
            line.Add("rtcp-fb", $"{OpusPayloadType} transport-cc");
            line.Add("fmtp", $"{OpusPayloadType} minptime=10;useinbandfec=1");
        }
        else
        {
            line.Add("rtpmap", $"{Vp8PayloadType} VP8/90000");
            line.Add("rtcp-fb", $"{Vp8PayloadType} transport-cc");
            line.Add("rtcp-fb", $"{Vp8PayloadType} nack");
            line.Add("rtcp-fb", $"{Vp8PayloadType} nack pli");
            line.Add("rtcp-fb", $"{Vp8PayloadType} ccm fir");
            line.Add("rtpmap", $"{Vp8RtxPayloadType} rtx/90000");
            line.Add("fmtp", $"{Vp8RtxPayloadType} apt={Vp8PayloadType}");
        }

        return line;
    }
}
