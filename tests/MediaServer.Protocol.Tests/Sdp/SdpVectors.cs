using System.Net;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Protocol.Tests.Sdp;

/// <summary>The offers of tests/vectors/sdp, and a policy that always gives the same answer.</summary>
internal static class SdpVectors
{
    public static readonly IceCredentials ServerIce = new("SrvUfrag", "server-password-of-24-ch");
    public static readonly string[] All =
    [
        "chromium-call", "chromium-call-more-slots", "chromium-call-restart", "chromium-h264", "firefox-call", "firefox-call-more-slots", "firefox-call-restart",
    ];

    public static string Load(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors", "sdp", name + ".sdp")).ReplaceLineEndings("\r\n");

    /// <summary>SSRCs from 1000 on, or from <paramref name="firstSsrc"/>.</summary>
    public static AnswerPolicy Policy(uint firstSsrc = 1000) => new()
    {
        LocalIce = ServerIce,
        LocalFingerprint = new DtlsFingerprint("sha-256", "AB:CD"),
        Candidates =
        [
            TransportAddress.From(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 40000)),
            TransportAddress.From(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 40001)),
        ],
        NextSsrc = () => firstSsrc++,
    };

    public static (string Sdp, NegotiatedTransport Transport) Answer(string offer, AnswerPolicy? policy = null, NegotiatedTransport? previous = null)
    {
        var result = OfferAnswerer.Answer(offer, policy ?? Policy(), previous);
        Assert.True(result.ErrorCode is null, result.ErrorMessage);
        return (result.Sdp!, result.Transport!);
    }

    /// <summary>The lines of the section that begins with the m-line of <paramref name="index"/>; -1: of the session.</summary>
    public static string Section(string sdp, int index)
    {
        var parts = sdp.ReplaceLineEndings("\n").TrimEnd('\n').Split("\nm=");
        return index < 0 ? parts[0] : "m=" + parts[index + 1];
    }

    /// <summary>The values of <paramref name="attribute"/> in a section.</summary>
    public static string[] Values(string section, string attribute) =>
        [.. section.Split('\n').Where(l => l.StartsWith($"a={attribute}:", StringComparison.Ordinal)).Select(l => l[(attribute.Length + 3)..])];

    /// <summary>A minimal offer; each string of <paramref name="sections"/> is an m-line with further lines behind it.</summary>
    public static string Minimal(string bundle, params string[] sections) => string.Join("\r\n", (string[])
    [
        "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", $"a=group:BUNDLE {bundle}", "a=ice-ufrag:abcd", "a=ice-pwd:0123456789012345678901",
        "a=fingerprint:sha-256 " + string.Join(':', Enumerable.Repeat("AB", 32)), "a=setup:actpass",
        .. sections.SelectMany(s => s.Split('|').Concat(s.StartsWith("m=application", StringComparison.Ordinal) ? [] : ["a=rtcp-mux"])), string.Empty,
    ]);

    /// <summary>An m-line of Opus.</summary>
    public static string Audio(string mid, string direction = "sendonly") => $"m=audio 9 UDP/TLS/RTP/SAVPF 111|a=mid:{mid}|a={direction}|a=rtpmap:111 opus/48000/2";

    /// <summary>An m-line of VP8 with RTX.</summary>
    public static string Video(string mid, string direction = "sendonly") =>
        $"m=video 9 UDP/TLS/RTP/SAVPF 96 97|a=mid:{mid}|a={direction}|a=rtpmap:96 VP8/90000|a=rtpmap:97 rtx/90000|a=fmtp:97 apt=96";
}
