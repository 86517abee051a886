using System.Net;
using MediaServer.LoadTest.Targets.Janus;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Tests.Targets;

public sealed class JanusDescriptionsTests
{
    /// <summary>What Janus 1.1.2 offers a subscriber, shortened.</summary>
    private const string Offer = """
        v=0
        o=- 1 1 IN IP4 198.19.0.2
        s=VideoRoom 1
        t=0 0
        a=group:BUNDLE 0 1
        a=ice-options:trickle
        a=fingerprint:sha-256 AA:BB
        m=audio 9 UDP/TLS/RTP/SAVPF 111
        a=sendonly
        a=mid:0
        a=rtcp-mux
        a=ice-ufrag:7Faa
        a=ice-pwd:SuihxbdKpXb245bKRMySCo
        a=setup:actpass
        a=rtpmap:111 opus/48000/2
        a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
        a=ssrc:1111 cname:janus
        m=video 9 UDP/TLS/RTP/SAVPF 96 97
        a=sendonly
        a=mid:1
        a=rtcp-mux
        a=ice-ufrag:7Faa
        a=ice-pwd:SuihxbdKpXb245bKRMySCo
        a=setup:actpass
        a=rtpmap:96 VP8/90000
        a=rtpmap:97 rtx/90000
        a=fmtp:97 apt=96
        a=ssrc-group:FID 2222 3333
        a=ssrc:2222 cname:janus
        a=ssrc:3333 cname:janus
        """;

    private static readonly IPEndPoint Here = new(IPAddress.Parse("198.18.0.1"), 4321);
    private static readonly IceCredentials Ice = new("ufrag", "password-of-twenty-two-c");
    private static readonly DtlsFingerprint Fingerprint = new("sha-256", "11:22");

    [Fact]
    public void What_holds_for_the_session_is_found_at_the_lines()
    {
        var offer = Parse(Offer);
        JanusDescriptions.SpreadSessionAttributes(offer);
        Assert.True(AnswerReader.TryRead(SdpWriter.Write(offer, 1), out var read, out _));

        Assert.Equal(new DtlsFingerprint("sha-256", "AA:BB"), read.Fingerprint);
        Assert.Equal("7Faa", read.Ice.UsernameFragment);
        Assert.Equal([(1111u, MediaKind.Audio), (2222u, MediaKind.Video)], JanusDescriptions.Streams(offer).Select(s => (s.Key, s.Value)));
    }

    [Fact]
    public void The_answer_accepts_every_line_and_takes_the_client_side()
    {
        var answer = Parse(JanusDescriptions.Answer(Parse(Offer), Ice, Fingerprint, Here)["sdp"]!.GetValue<string>());

        Assert.Equal(["0", "1"], answer.Media.Select(m => m.Mid));
        Assert.All(answer.Media, line =>
        {
            Assert.Equal("active", line.Value("setup"));
            Assert.True(line.Has("recvonly") && line.Has("rtcp-mux"));
            Assert.Contains("198.18.0.1 4321 typ host", line.Value("candidate"), StringComparison.Ordinal);
        });
        Assert.Equal(["96 VP8/90000", "97 rtx/90000"], answer.Media[1].Values("rtpmap"));
    }

    [Fact]
    public void The_offer_keeps_Janus_passive_and_only_accepted_extensions_are_sent()
    {
        var offer = Parse(JanusDescriptions.Offer(Ice, Fingerprint, Here, [new OfferedPublication("0", MediaKind.Audio, 5, 0)])["sdp"]!.GetValue<string>());
        Assert.Equal("active", offer.Media[0].Value("setup"));

        var accepted = JanusDescriptions.Accepted(Parse(Offer), "audio");
        Assert.Equal(OfferBuilder.Extensions.Mid, accepted.Mid);
        Assert.Equal(0, accepted.AudioLevel);
        Assert.Equal(0, accepted.TransportSequenceNumber);
    }

    private static SdpSession Parse(string sdp)
    {
        Assert.True(SdpParser.TryParse(sdp, out var session, out var error), error);
        return session;
    }
}
