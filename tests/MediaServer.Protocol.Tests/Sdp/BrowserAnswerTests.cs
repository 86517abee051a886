using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Sdp;
using static MediaServer.Protocol.Tests.Sdp.SdpVectors;

namespace MediaServer.Protocol.Tests.Sdp;

/// <summary>Answers to what Chromium and Firefox really offer: 0 microphone, 1 camera, 2 screen, 3 screen audio, 4-6 audio slots, 7-10 video slots.</summary>
public class BrowserAnswerTests
{
    private const string Transport = """
        a=ice-ufrag:SrvUfrag
        a=ice-pwd:server-password-of-24-ch
        a=fingerprint:sha-256 AB:CD
        a=setup:passive
        a=rtcp-mux
        """;

    private const string Candidates = """
        a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host
        a=candidate:2 1 udp 2130706175 2001:db8::1 40001 typ host
        a=end-of-candidates
        """;

    public static TheoryData<string> Offers => [.. All];

    public static TheoryData<string, int, string> Sections => new()
    {
        {
            "chromium-call", -1, """
            v=0
            o=- 1 1 IN IP4 127.0.0.1
            s=-
            t=0 0
            a=group:BUNDLE 0 1 2 3 4 5 6 7 8 9 10
            a=ice-lite
            a=msid-semantic: WMS *
            """
        },
        {
            "chromium-call", 0, $"""
            m=audio 9 UDP/TLS/RTP/SAVPF 111
            c=IN IP4 0.0.0.0
            a=mid:0
            {Transport}
            a=rtcp-rsize
            a=recvonly
            a=rtpmap:111 opus/48000/2
            a=fmtp:111 minptime=10;useinbandfec=1
            a=rtcp-fb:111 transport-cc
            a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
            a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
            a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
            a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
            {Candidates}
            """
        },
        {
            "chromium-h264", 1, $"""
            m=video 9 UDP/TLS/RTP/SAVPF 102 103 108 109
            c=IN IP4 0.0.0.0
            a=mid:1
            {Transport}
            a=rtcp-rsize
            a=recvonly
            a=rtpmap:102 H264/90000
            a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
            a=rtcp-fb:102 transport-cc
            a=rtcp-fb:102 goog-remb
            a=rtcp-fb:102 ccm fir
            a=rtcp-fb:102 nack
            a=rtcp-fb:102 nack pli
            a=rtpmap:103 rtx/90000
            a=fmtp:103 apt=102
            a=rtpmap:108 H264/90000
            a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
            a=rtcp-fb:108 transport-cc
            a=rtcp-fb:108 goog-remb
            a=rtcp-fb:108 ccm fir
            a=rtcp-fb:108 nack
            a=rtcp-fb:108 nack pli
            a=rtpmap:109 rtx/90000
            a=fmtp:109 apt=108
            a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
            a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
            a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
            a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
            a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
            a=extmap:13 urn:3gpp:video-orientation
            a=rid:q recv
            a=rid:h recv
            a=rid:f recv
            a=simulcast:recv q;h;f
            """
        },
        {
            "firefox-call", 1, $"""
            m=video 9 UDP/TLS/RTP/SAVPF 120 124
            c=IN IP4 0.0.0.0
            a=mid:1
            {Transport}
            a=rtcp-rsize
            a=recvonly
            a=rtpmap:120 VP8/90000
            a=fmtp:120 max-fs=12288;max-fr=60
            a=rtcp-fb:120 transport-cc
            a=rtcp-fb:120 goog-remb
            a=rtcp-fb:120 ccm fir
            a=rtcp-fb:120 nack
            a=rtcp-fb:120 nack pli
            a=rtpmap:124 rtx/90000
            a=fmtp:124 apt=120
            a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
            a=extmap:9/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
            a=extmap:10/recvonly urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
            a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
            a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
            a=rid:q recv
            a=rid:h recv
            a=rid:f recv
            a=simulcast:recv q;h;f
            """
        },
        {
            "firefox-call", 4, $"""
            m=audio 9 UDP/TLS/RTP/SAVPF 109
            c=IN IP4 0.0.0.0
            a=mid:4
            {Transport}
            a=sendonly
            a=rtpmap:109 opus/48000/2
            a=fmtp:109 minptime=10;useinbandfec=1;stereo=1
            a=rtcp-fb:109 transport-cc
            a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
            a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
            a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
            a=msid:slot-4 slot-4
            a=ssrc:1000 cname:mediaserver
            """
        },
        {
            "firefox-call", 8, $"""
            m=video 9 UDP/TLS/RTP/SAVPF 120 124
            c=IN IP4 0.0.0.0
            a=mid:8
            {Transport}
            a=rtcp-rsize
            a=sendonly
            a=rtpmap:120 VP8/90000
            a=fmtp:120 max-fs=12288;max-fr=60
            a=rtcp-fb:120 transport-cc
            a=rtcp-fb:120 goog-remb
            a=rtcp-fb:120 ccm fir
            a=rtcp-fb:120 nack
            a=rtcp-fb:120 nack pli
            a=rtpmap:124 rtx/90000
            a=fmtp:124 apt=120
            a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
            a=extmap:7 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
            a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
            a=msid:slot-8 slot-8
            a=ssrc-group:FID 1005 1006
            a=ssrc:1005 cname:mediaserver
            a=ssrc:1006 cname:mediaserver
            """
        },
    };

    [Theory]
    [MemberData(nameof(Sections))]
    public void LineByLine(string offer, int index, string expected)
    {
        var (sdp, _) = Answer(Load(offer));
        Assert.Equal(expected.ReplaceLineEndings("\n").Split('\n'), Section(sdp, index).Split('\n'));
        Assert.EndsWith("\r\n", sdp);
        Assert.DoesNotContain("\n", sdp.Replace("\r\n", string.Empty));
    }

    /// <summary>What holds for each line of each answer (RFC 9429 section 5.3.1, RFC 8843 section 7.3, RFC 8839 section 5).</summary>
    [Theory]
    [MemberData(nameof(Offers))]
    public void EachSectionAgreesWithTheOffer(string name)
    {
        var offer = Load(name);
        var (answer, transport) = Answer(offer);
        Assert.True(SdpParser.TryParse(offer, out var asked, out _));
        Assert.True(SdpParser.TryParse(answer, out var given, out _));
        Assert.Equal(asked.Media.Select(m => (m.Kind, m.Protocol, m.Mid)), given.Media.Select(m => (m.Kind, m.Protocol, m.Mid)));
        Assert.True(given.Has("ice-lite"));
        Assert.Equal(asked.Value("group"), given.Value("group"));
        var first = true;
        foreach (var (theirs, ours) in asked.Media.Zip(given.Media))
        {
            Assert.Equal(theirs.Has("sendonly") ? "recvonly" : "sendonly", ours.Attributes.Single(a => a.Name is "sendonly" or "recvonly" or "sendrecv" or "inactive").Name);
            Assert.True(ours.Has("rtcp-mux") && ours.Value("setup") == "passive" && ours.Value("ice-ufrag") == "SrvUfrag");
            Assert.Empty(ours.Formats.Except(theirs.Formats));
            Assert.Empty(ours.Values("rtpmap").Except(theirs.Values("rtpmap")));
            Assert.Empty(ours.Values("rtcp-fb").Except(theirs.Values("rtcp-fb")));
            Assert.Empty(ours.Values("extmap").Except(theirs.Values("extmap").Select(TurnedRound)));
            Assert.Equal(theirs.Values("rid").Select(r => r.Replace("send", "recv")), ours.Values("rid"));
            Assert.Equal(theirs.Value("simulcast")?.Replace("send", "recv"), ours.Value("simulcast"));
            Assert.True(theirs.Has("rtcp-rsize") || !ours.Has("rtcp-rsize"));
            Assert.DoesNotContain(ours.Values("extmap"), e => e.Contains(ours.Has("recvonly") ? "/sendonly" : "/recvonly", StringComparison.Ordinal));
            Assert.Equal(first, ours.Has("candidate"));
            first = false;
        }

        var ssrcs = transport.Media.SelectMany(m => (uint[])[m.SlotSsrc, m.SlotRtxSsrc, .. m.RemoteSsrcs, .. m.RemoteRtxSsrcs]).Where(s => s != 0).ToList();
        Assert.Equal(ssrcs.Count, ssrcs.Distinct().Count());
    }

    [Theory]
    [InlineData("chromium-call", "RRRRSSSSSSS")]
    [InlineData("chromium-call-more-slots", "RRRRSSSSSSSSS")]
    [InlineData("chromium-h264", "RRRRSSSSS")]
    [InlineData("firefox-call", "RRRRSSSSSSS")]
    [InlineData("firefox-call-restart", "RRRRSSSSSSSSS")]
    public void WhatThePeerSendsIsReceivedAndTheRestAreSlots(string name, string flows)
    {
        var (_, transport) = Answer(Load(name));
        Assert.Equal(flows, string.Concat(transport.Media.Select(m => m.Flow.ToString()[0])));
        Assert.Equal("AVVAAAA", string.Concat(transport.Media.Take(7).Select(m => m.Kind.ToString()[0])));
        Assert.Equal(DtlsRole.Server, transport.LocalDtlsRole);
        Assert.Equal("sha-256", transport.RemoteFingerprint.Algorithm);
        Assert.Matches("^([0-9A-F]{2}:){31}[0-9A-F]{2}$", transport.RemoteFingerprint.Value);
        Assert.All(transport.Media.Where(m => m.Flow == MediaFlow.Send), m => Assert.True(m.SlotSsrc != 0 && (m.SlotRtxSsrc != 0) == (m.Kind == MediaKind.Video)));
        Assert.All(transport.Media.Where(m => m.Flow == MediaFlow.Receive), m => Assert.Equal((0u, 0u), (m.SlotSsrc, m.SlotRtxSsrc)));
    }

    /// <summary>Firefox signals the SSRCs of its layers; Chromium does not, and signals those of other lines only when it has a track.</summary>
    [Fact]
    public void SignalledSsrcsArePairedWithTheirRetransmissions()
    {
        var (_, firefox) = Answer(Load("firefox-call"));
        Assert.Equal(["q", "h", "f"], firefox.Media[1].Rids.ToArray());
        var lines = Section(Load("firefox-call"), 1);
        Assert.Equal(Values(lines, "ssrc-group"), firefox.Media[1].RemoteSsrcs.Zip(firefox.Media[1].RemoteRtxSsrcs).Select(p => $"FID {p.First} {p.Second}"));
        Assert.Equal(3, firefox.Media[1].RemoteSsrcs.Length);
        Assert.Equal(0u, firefox.Media[0].RemoteRtxSsrcs.Single());
        var (_, chromium) = Answer(Load("chromium-call"));
        Assert.Equal(["q", "h", "f"], chromium.Media[1].Rids.ToArray());
        Assert.Empty(chromium.Media[1].RemoteSsrcs);
        Assert.Equal(Values(Section(Load("chromium-call"), 0), "ssrc")[0].Split(' ')[0], chromium.Media[0].RemoteSsrcs.Single().ToString());
        Assert.Equal(new NegotiatedCodec(MediaCodec.Vp8, 96, 97, 90000, string.Empty), chromium.Media[1].Codecs[0]);
        Assert.Equal(new HeaderExtensionIds(Mid: 4, Rid: 10, RepairedRid: 11, TransportSequenceNumber: 3, AbsoluteSendTime: 2, VideoOrientation: 13), chromium.Media[1].Extensions);
        Assert.Equal(new HeaderExtensionIds(Mid: 4, AudioLevel: 1, TransportSequenceNumber: 3, AbsoluteSendTime: 2), chromium.Media[0].Extensions);
    }

    /// <summary>RFC 8285 section 6: what one side may only send the other may only receive; what fits no direction of the line is left out.</summary>
    private static string TurnedRound(string extmap)
    {
        var parts = extmap.Split(' ');
        return parts[0].Replace("/sendonly", "/x").Replace("/recvonly", "/sendonly").Replace("/x", "/recvonly") + " " + parts[1];
    }
}
