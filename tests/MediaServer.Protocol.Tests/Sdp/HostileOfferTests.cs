using CsCheck;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Sdp;
using static MediaServer.Protocol.Tests.Sdp.SdpVectors;

namespace MediaServer.Protocol.Tests.Sdp;

/// <summary>Real offers and answers with lines dropped, doubled, moved and damaged: answered or refused, never thrown at.</summary>
public class HostileOfferTests
{
    private static readonly string[] Scraps =
    [
        "", "m=", "a=", "a=:", "m=video 0 UDP/TLS/RTP/SAVPF 96", "a=mid:", "a=mid:0", "a=rtpmap:96", "a=fmtp:96 apt=;apt==96;;=", "a=extmap:0/x", "a=extmap:15 urn:x", "a=rid:", "a=rid: send",
        "a=simulcast:send ;;;", "a=simulcast:send ~,~;,", "a=ssrc-group:FID", "a=ssrc-group:FID 1 1", "a=ssrc:", "a=group:BUNDLE", "a=group:", "a=fingerprint:sha-256", "a=setup:", "a=ice-ufrag:",
        "a=candidate:", "a=candidate:1 1 udp x x x x x", "a=inactive", "a=recvonly", "a=bundle-only", "a=msid:\u0000", "a=extmap:4/sendonly/x urn:ietf:params:rtp-hdrext:sdes:mid",
    ];

    private static readonly Gen<Func<string, string>> Damage = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5_000], Gen.Int[0, 5_000], Gen.Int[0, Scraps.Length - 1], Gen.Char).List[1, 6]
        .Select<List<(int, int, int, int, char)>, Func<string, string>>(steps => text =>
        {
            var lines = text.Split("\r\n").ToList();
            foreach (var (kind, at, to, scrap, character) in steps)
            {
                var (line, other) = (at % lines.Count, to % lines.Count);
                switch (kind)
                {
                    case 0 when lines.Count > 1:
                        lines.RemoveAt(line);
                        break;
                    case 1:
                        lines.Insert(other, lines[line]);
                        break;
                    case 2:
                        (lines[line], lines[other]) = (lines[other], lines[line]);
                        break;
                    case 3:
                        lines.Insert(line, Scraps[scrap]);
                        break;
                    case 4 when lines[line].Length > 0:
                        var position = to % lines[line].Length;
                        lines[line] = lines[line][..position] + character + lines[line][(position + 1)..];
                        break;
                    default:
                        lines[line] = lines[line][..(to % (lines[line].Length + 1))];
                        break;
                }
            }

            return string.Join("\r\n", lines);
        });

    [Fact]
    public void DamagedOffersAreAnsweredOrRefused()
    {
        string[] offers = [.. ((string[])["chromium-h264", "firefox-call"]).Select(Load), Minimal("0 1 2", Audio("0"), Video("1"), Video("2", "recvonly"))];
        var previous = Answer(offers[1]).Transport;
        Gen.Select(Gen.Int[0, 2], Damage, Gen.Bool).Sample(
            (which, damage, again) =>
            {
                var result = OfferAnswerer.Answer(damage(offers[which]), Policy(), again ? previous : null);
                if (result.ErrorCode is not null)
                {
                    Assert.True(result.ErrorCode is "sdp_invalid" or "sdp_unsupported" && result.Sdp is null && result.ErrorMessage!.Length > 10);
                    return;
                }

                // Whatever was answered is a session description that our own client reads.
                Assert.True(SdpParser.TryParse(result.Sdp!, out var session, out var error), error);
                Assert.Equal(session.Media.Count, result.Transport!.Media.Length);
                Assert.True(AnswerReader.TryRead(result.Sdp!, out _, out error), error);
                var mids = session.Value("group")!.Split(' ').Skip(1).ToList();
                Assert.Equal(session.Media.Where(m => m.Port != 0).Select(m => m.Mid), mids);
                Assert.Equal(mids.Count, mids.Distinct().Count());
            },
            iter: 1_000);
    }

    [Fact]
    public void DamagedAnswersAreReadOrRefused()
    {
        var answer = Answer(Load("firefox-call")).Sdp;
        Damage.Sample(damage => Assert.Equal(AnswerReader.TryRead(damage(answer), out var read, out var error), read is not null && error.Length == 0), iter: 1_000);
    }

    /// <summary>The headless participant's offer, our answer, and what it reads out of it.</summary>
    [Fact]
    public void TheHeadlessOfferIsAnsweredAndTheAnswerRead()
    {
        var ice = IceCredentialsFactory.Create();
        var fingerprint = new DtlsFingerprint("sha-256", string.Join(':', Enumerable.Repeat("0F", 32)));
        OfferedPublication[] publications = [new("mic", MediaKind.Audio, 11, 0), new("cam", MediaKind.Video, 21, 22)];
        var offer = OfferBuilder.Build(ice, fingerprint, publications, ["a0", "a1", "a2", "a3"], ["v0", "v1"], version: 3);
        Assert.Contains("o=- 1 3 IN", offer);
        var (sdp, transport) = Answer(offer);
        Assert.Equal((ice, fingerprint), (transport.RemoteIce, transport.RemoteFingerprint));
        Assert.Equal("RRSSSISS", string.Concat(transport.Media.Select(m => m.Flow.ToString()[0])));
        Assert.Equal((11u, 21u, 22u), (transport.Media[0].RemoteSsrcs.Single(), transport.Media[1].RemoteSsrcs.Single(), transport.Media[1].RemoteRtxSsrcs.Single()));
        Assert.Equal(OfferBuilder.Extensions, transport.Media[0].Extensions);
        Assert.Equal((MediaCodec.Vp8, OfferBuilder.Vp8PayloadType, (byte?)OfferBuilder.Vp8RtxPayloadType), (transport.Media[1].Codecs[0].Codec, transport.Media[1].Codecs[0].PayloadType, transport.Media[1].Codecs[0].RtxPayloadType));
        Assert.Contains("transport-cc", Section(sdp, 0));
        Assert.Contains("transport-cc", Section(sdp, 1));

        Assert.True(AnswerReader.TryRead(sdp, out var answer, out var error), error);
        Assert.Equal(ServerIce, answer.Ice);
        Assert.Equal(new DtlsFingerprint("sha-256", "AB:CD"), answer.Fingerprint);
        Assert.Equal(Policy().Candidates, answer.Candidates);
        Assert.Equal(["a3"], answer.RejectedMids);
        var slots = transport.Media.Where(m => m.Flow == MediaFlow.Send).ToDictionary(m => m.SlotSsrc, m => m.Mid);
        Assert.Equal(slots, answer.SlotBySsrc);
    }

    [Theory]
    [InlineData("no m-line at all", "v=0\r\n")]
    [InlineData("all rejected", "v=0\r\nm=audio 0 X 0\r\na=mid:0\r\n")]
    [InlineData("no credentials", "v=0\r\nm=audio 9 X 0\r\na=fingerprint:sha-256 AB\r\n")]
    [InlineData("no fingerprint", "v=0\r\nm=audio 9 X 0\r\na=ice-ufrag:abcd\r\na=ice-pwd:x\r\n")]
    [InlineData("a fingerprint of one word", "v=0\r\nm=audio 9 X 0\r\na=ice-ufrag:abcd\r\na=ice-pwd:x\r\na=fingerprint:sha-256\r\n")]
    public void AnswersThatCannotBeUsed(string why, string sdp)
    {
        Assert.False(AnswerReader.TryRead(sdp, out _, out var error), why);
        Assert.NotEmpty(error);
    }
}
