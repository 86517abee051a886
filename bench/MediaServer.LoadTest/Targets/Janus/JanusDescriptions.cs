using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Targets.Janus;

/// <summary>Session descriptions towards Janus. This side is always the DTLS client, and the controlling end of ICE.</summary>
internal static class JanusDescriptions
{
    public static JsonObject Offer(IceCredentials ice, DtlsFingerprint fingerprint, IPEndPoint here, IReadOnlyList<OfferedPublication> publications)
    {
        // Janus answers "actpass" with "active"; said so, it stays passive.
        var offer = OfferBuilder.Build(ice, fingerprint, publications, [], [], 1)
            .Replace("a=setup:actpass\r\n", $"a=setup:active\r\na=candidate:{Candidate(here)}\r\na=end-of-candidates\r\n", StringComparison.Ordinal);
        return new JsonObject { ["type"] = "offer", ["sdp"] = offer };
    }

    /// <summary>Accepts everything in Janus' offer as it is.</summary>
    public static JsonObject Answer(SdpSession offer, IceCredentials ice, DtlsFingerprint fingerprint, IPEndPoint here)
    {
        var answer = new SdpSession();
        answer.Add("group", $"BUNDLE {string.Join(' ', offer.Media.Select(m => m.Mid))}");
        foreach (var line in offer.Media)
        {
            var section = new SdpMedia(line.Kind, 9, line.Protocol, line.Formats);
            section.Add("mid", line.Mid);
            section.Add("ice-ufrag", ice.UsernameFragment);
            section.Add("ice-pwd", ice.Password);
            section.Add("fingerprint", $"{fingerprint.Algorithm} {fingerprint.Value}");
            section.Add("setup", "active");
            section.Add("rtcp-mux");
            section.Add("recvonly");
            section.Add("candidate", Candidate(here));
            section.Add("end-of-candidates");
            foreach (var attribute in line.Attributes.Where(a => a.Name is "rtpmap" or "fmtp" or "rtcp-fb" or "extmap"))
            {
                section.Add(attribute.Name, attribute.Value);
            }

            answer.Media.Add(section);
        }

        return new JsonObject { ["type"] = "answer", ["sdp"] = SdpWriter.Write(answer, 1) };
    }

    /// <summary>Janus' ICE waits for candidates even where the checks would tell it (RFC 8839 section 5.1).</summary>
    private static string Candidate(IPEndPoint here) => $"1 1 udp 2130706431 {here.Address} {here.Port} typ host";

    /// <summary>Writes what holds for the whole session into each m-line, where <see cref="AnswerReader"/> looks (RFC 8122 section 5, RFC 8839 section 5.4).</summary>
    public static void SpreadSessionAttributes(SdpSession description)
    {
        foreach (var line in description.Media)
        {
            foreach (var attribute in description.Attributes.Where(a => a.Name is "fingerprint" or "ice-ufrag" or "ice-pwd" && !line.Has(a.Name)))
            {
                line.Add(attribute.Name, attribute.Value);
            }
        }
    }

    /// <summary>Media SSRCs of a description in which Janus sends, with their kinds.</summary>
    public static IReadOnlyDictionary<uint, MediaKind> Streams(SdpSession description) => description.Media
        .Where(m => m.Has("sendonly"))
        .Select(m => (Ssrc: m.Value("ssrc")?.Split(' ')[0], Kind: m.Kind == "audio" ? MediaKind.Audio : MediaKind.Video))
        .Where(s => s.Ssrc is not null)
        .ToDictionary(s => uint.Parse(s.Ssrc!, CultureInfo.InvariantCulture), s => s.Kind);

    /// <summary>Those of the offered header extensions that Janus has accepted for a kind.</summary>
    public static HeaderExtensionIds Accepted(SdpSession answer, string kind)
    {
        var line = answer.Media.FirstOrDefault(m => m.Kind == kind);
        var ids = line?.Values("extmap").Select(v => v.Split(' ', '/')[0]).ToHashSet() ?? [];
        byte If(byte id) => ids.Contains(id.ToString(CultureInfo.InvariantCulture)) ? id : (byte)0;
        var offered = OfferBuilder.Extensions;
        return new HeaderExtensionIds(Mid: If(offered.Mid), AudioLevel: If(offered.AudioLevel), TransportSequenceNumber: If(offered.TransportSequenceNumber));
    }
}
