using System.Globalization;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Sdp;

/// <summary>Writes the answer that belongs to a <see cref="NegotiatedTransport"/>.</summary>
internal static class AnswerWriter
{
    private static readonly string[] AudioFeedback = ["transport-cc"];
    private static readonly string[] VideoFeedback = ["transport-cc", "goog-remb", "ccm fir", "nack", "nack pli"];

    public static string Write(SdpSession offer, NegotiatedTransport transport, AnswerPolicy policy)
    {
        var answer = new SdpSession();
        var accepted = transport.Media.Where(m => !m.Codecs.IsEmpty).Select(m => m.Mid).ToList();
        answer.Add("group", $"BUNDLE {string.Join(' ', accepted)}");
        answer.Add("ice-lite");
        answer.Add("msid-semantic", " WMS *");
        var candidatesWritten = false;
        for (var i = 0; i < offer.Media.Count; i++)
        {
            var line = offer.Media[i];
            var media = transport.Media[i];
            if (media.Codecs.IsEmpty)
            {
                answer.Media.Add(Rejected(line));
                continue;
            }

            var section = new SdpMedia(line.Kind, 9, line.Protocol, Formats(media));
            answer.Media.Add(section);
            section.Add("mid", media.Mid);
            section.Add("ice-ufrag", transport.LocalIce.UsernameFragment);
            section.Add("ice-pwd", transport.LocalIce.Password);
            section.Add("fingerprint", $"{policy.LocalFingerprint.Algorithm} {policy.LocalFingerprint.Value}");
            section.Add("setup", "passive");
            section.Add("rtcp-mux");
            if (line.Has("rtcp-rsize"))
            {
                section.Add("rtcp-rsize");
            }

            section.Add(media.Flow switch { MediaFlow.Receive => "recvonly", MediaFlow.Send => "sendonly", _ => "inactive" });
            WriteCodecs(section, media, line);
            HeaderExtensionUris.Write(section, media.Extensions, line);
            WriteSimulcast(section, media);
            WriteSlot(section, media, policy.Cname);
            if (!candidatesWritten)
            {
                WriteCandidates(section, policy.Candidates);
                candidatesWritten = true;
            }
        }

        return SdpWriter.Write(answer, policy.SessionVersion);
    }

    private static SdpMedia Rejected(SdpMedia line)
    {
        var rejected = new SdpMedia(line.Kind, 0, line.Protocol, line.Formats);
        rejected.Add("mid", line.Mid);
        rejected.Add("inactive");
        return rejected;
    }

    private static List<string> Formats(NegotiatedMedia media)
    {
        var formats = new List<string>();
        foreach (var codec in media.Codecs)
        {
            formats.Add(Text(codec.PayloadType));
            if (codec.RtxPayloadType is { } rtx)
            {
                formats.Add(Text(rtx));
            }
        }

        return formats;
    }

    /// <summary>Of the feedback only what was offered, for the codec or for all (RFC 4585 section 4.2).</summary>
    private static void WriteCodecs(SdpMedia section, NegotiatedMedia media, SdpMedia offered)
    {
        var feedbacks = offered.Values("rtcp-fb").ToHashSet();
        foreach (var codec in media.Codecs)
        {
            section.Add("rtpmap", $"{codec.PayloadType} {SdpCodecs.NameOf(codec.Codec)}");
            if (ParametersOf(codec, media) is { Length: > 0 } parameters)
            {
                section.Add("fmtp", $"{codec.PayloadType} {parameters}");
            }

            foreach (var feedback in media.Kind == MediaKind.Audio ? AudioFeedback : VideoFeedback)
            {
                if (feedbacks.Contains($"{codec.PayloadType} {feedback}") || feedbacks.Contains($"* {feedback}"))
                {
                    section.Add("rtcp-fb", $"{codec.PayloadType} {feedback}");
                }
            }

            if (codec.RtxPayloadType is { } rtx)
            {
                section.Add("rtpmap", $"{rtx} rtx/{codec.ClockRate}");
                section.Add("fmtp", $"{rtx} apt={codec.PayloadType}");
            }
        }
    }

    /// <summary>Opus: in-band FEC against loss and no DTX, so that speaker detection hears silence; stereo where it was offered (RFC 7587 section 7).</summary>
    private static string ParametersOf(NegotiatedCodec codec, NegotiatedMedia media)
    {
        if (codec.Codec != MediaCodec.Opus)
        {
            return codec.FormatParameters;
        }

        var stereo = SdpCodecs.Parameter(codec.FormatParameters, "stereo") == "1" || media.Flow == MediaFlow.Send;
        return stereo ? "minptime=10;useinbandfec=1;stereo=1" : "minptime=10;useinbandfec=1";
    }

    private static void WriteSimulcast(SdpMedia section, NegotiatedMedia media)
    {
        if (media.Rids.IsEmpty)
        {
            return;
        }

        foreach (var rid in media.Rids)
        {
            section.Add("rid", $"{rid} recv");
        }

        section.Add("simulcast", $"recv {string.Join(';', media.Rids)}");
    }

    private static void WriteSlot(SdpMedia section, NegotiatedMedia media, string cname)
    {
        if (media.Flow != MediaFlow.Send)
        {
            return;
        }

        section.Add("msid", $"slot-{media.Mid} slot-{media.Mid}");
        if (media.SlotRtxSsrc != 0)
        {
            section.Add("ssrc-group", $"FID {media.SlotSsrc} {media.SlotRtxSsrc}");
            section.Add("ssrc", $"{media.SlotSsrc} cname:{cname}");
            section.Add("ssrc", $"{media.SlotRtxSsrc} cname:{cname}");
        }
        else
        {
            section.Add("ssrc", $"{media.SlotSsrc} cname:{cname}");
        }
    }

    /// <summary>Within a protocol, earlier addresses get the higher local preference.</summary>
    private static void WriteCandidates(SdpMedia section, IReadOnlyList<TransportAddress> candidates)
    {
        var (udp, tcp) = (0, 0);
        for (var i = 0; i < candidates.Count; i++)
        {
            var address = candidates[i].ToEndPoint();
            section.Add("candidate", candidates[i].IsTcp
                ? $"{i + 1} 1 tcp {TcpPriority(tcp++)} {address.Address} {address.Port} typ host tcptype passive"
                : $"{i + 1} 1 udp {UdpPriority(udp++)} {address.Address} {address.Port} typ host");
        }

        section.Add("end-of-candidates");
    }

    /// <summary>RFC 8445 section 5.1.2: type preference 126 for a host candidate, component 1.</summary>
    private static uint UdpPriority(int rank) => (126u << 24) | ((uint)(65535 - rank) << 8) | 255;

    /// <summary>RFC 6544 section 4.2: a lower type preference, so that UDP wins where it works; direction preference 4 for a passive host candidate.</summary>
    private static uint TcpPriority(int rank) => (99u << 24) | (((4u << 13) + (uint)(8191 - rank)) << 8) | 255;

    private static string Text(byte payloadType) => payloadType.ToString(CultureInfo.InvariantCulture);
}
