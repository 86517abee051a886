using MediaServer.Protocol.Sdp;
using static MediaServer.Protocol.Tests.Sdp.SdpVectors;

namespace MediaServer.Protocol.Tests.Sdp;

/// <summary>RFC 8843: one group, one transport. Flows by line: R received, S sent, - rejected with port 0.</summary>
public class BundleTests
{
    private const string Data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel|a=mid:d|a=sctp-port:5000";

    public static TheoryData<string, string, string[], string> Offers => new()
    {
        { "all in", "0 1", [Audio("0"), Video("1")], "RR" },
        { "a line outside the group cannot be served", "0", [Audio("0"), Video("1")], "R-" },
        { "an inactive line outside the group neither", "0", [Audio("0"), Video("1", "inactive")], "R-" },
        { "a slot outside the group neither", "0", [Audio("0"), Video("1", "recvonly")], "R-" },
        { "bundle-only", "0 1", [Audio("0"), Video("1").Replace("video 9", "video 0") + "|a=bundle-only"], "RR" },
        { "rejected", "0", [Audio("0"), Video("1").Replace("video 9", "video 0")], "R-" },
        { "data behind", "0 d", [Audio("0"), Data], "R-" },
        { "data in front", "d 0", [Data, Audio("0")], "-R" },
        { "sendrecv is received", "0 1", [Audio("0", "sendrecv"), Video("1", "sendrecv")], "RR" },
        { "no direction means sendrecv", "0 1", [Audio("0", "x"), Video("1", "recvonly")], "RS" },
        { "without a common codec", "0 1", [Audio("0"), Video("1").Replace("VP8", "VP9")], "R-" },
        { "text lines", "0 1", [Audio("0"), "m=text 9 UDP/TLS/RTP/SAVPF 98|a=mid:1|a=rtpmap:98 t140/1000"], "R-" },
        { "plain RTP beside", "0 1", [Audio("0"), Video("1").Replace("UDP/TLS/RTP/SAVPF", "RTP/AVP")], "R-" },
        { "over TCP", "0 1", [Audio("0").Replace("UDP/TLS", "TCP/DTLS"), Video("1")], "RR" },
        { "the group in another order", "1 0", [Audio("0"), Video("1")], "RR" },
        { "a second group", "0 1\r\na=group:BUNDLE 2", [Audio("0"), Video("1"), Audio("2")], "RR-" },
    };

    [Theory]
    [MemberData(nameof(Offers))]
    public void WhatIsServed(string why, string bundle, string[] lines, string expected)
    {
        var (sdp, transport) = Answer(Minimal(bundle, lines));
        var served = transport.Media.Select((m, i) => m.Codecs.IsEmpty ? '-' : m.Flow.ToString()[0]).ToArray();
        Assert.True(expected == new string(served), $"{why}: {new string(served)}");
        Assert.True(SdpParser.TryParse(sdp, out var answer, out _));
        Assert.Equal(lines.Length, answer.Media.Count);
        Assert.Equal(expected, string.Concat(answer.Media.Select((m, i) => m.Port == 0 ? '-' : m.Has("recvonly") ? 'R' : 'S')));

        // The answer's group may hold nothing that the offer's did not, and nothing that is rejected (section 7.3.3).
        var group = answer.Value("group")!.Split(' ').Skip(1);
        Assert.Equal(answer.Media.Where(m => m.Port != 0).Select(m => m.Mid), group);
        Assert.Empty(group.Except(bundle.Split("\r\n")[0].Split(' ')));
        Assert.Equal(1, answer.Media.Count(m => m.Has("end-of-candidates")));
        Assert.All(transport.Media.Where(m => m.Codecs.IsEmpty), m => Assert.Equal((MediaFlow.Inactive, 0u), (m.Flow, m.SlotSsrc)));
    }

    /// <summary>Attributes of the transport may stand in the session or in the first line of the group.</summary>
    [Fact]
    public void TransportAttributesAreFoundInEitherPlace()
    {
        var session = Answer(Minimal("0", Audio("0"))).Transport;
        var (_, own) = Answer(Minimal("0", Audio("0") + "|a=ice-ufrag:mine|a=ice-pwd:mine5678901234567890123|a=setup:active"));
        Assert.Equal("abcd", session.RemoteIce.UsernameFragment);
        Assert.Equal(("mine", "mine5678901234567890123"), (own.RemoteIce.UsernameFragment, own.RemoteIce.Password));
        Assert.Equal(session.RemoteFingerprint, own.RemoteFingerprint);
    }
}
