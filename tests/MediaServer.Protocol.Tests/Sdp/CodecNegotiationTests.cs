using MediaServer.Protocol.Sdp;
using static MediaServer.Protocol.Tests.Sdp.SdpVectors;

namespace MediaServer.Protocol.Tests.Sdp;

/// <summary>Which formats of an m-line are taken. Expected: "codec payload type/RTX payload type", in the offerer's order.</summary>
public class CodecNegotiationTests
{
    [Theory]
    [InlineData("96 97|a=rtpmap:96 VP8/90000|a=rtpmap:97 rtx/90000|a=fmtp:97 apt=96", "Vp8 96/97")]
    [InlineData("97 96|a=rtpmap:96 VP8/90000|a=rtpmap:97 rtx/90000|a=fmtp:97 apt=96", "Vp8 96/97")]
    [InlineData("96|a=rtpmap:96 VP8/90000", "Vp8 96/-")]
    [InlineData("96|a=rtpmap:96 vp8/90000", "Vp8 96/-")]
    [InlineData("96|a=rtpmap:97 VP8/90000", "")]
    [InlineData("96|a=rtpmap:96 VP8", "")]
    [InlineData("96|a=rtpmap:96 VP8/8000", "")]
    [InlineData("96|a=rtpmap:96 VP8/90000x", "")]
    [InlineData("96|a=rtpmap:96", "")]
    [InlineData("96|a=rtpmap:96 opus/48000/2", "")]
    [InlineData("96 97 98|a=rtpmap:96 VP8/90000|a=rtpmap:97 rtx/90000|a=fmtp:97 apt=98", "Vp8 96/-")]
    [InlineData("96 97 98|a=rtpmap:96 VP8/90000|a=rtpmap:97 rtx/90000|a=fmtp:97 rtx-time=3000;apt=96", "Vp8 96/97")]
    [InlineData("96 97 98|a=rtpmap:96 VP8/90000|a=rtpmap:97 rtx/90000|a=fmtp:97 apt=96|a=rtpmap:98 rtx/90000|a=fmtp:98 apt=96", "Vp8 96/97")]
    [InlineData("96 97|a=rtpmap:96 VP8/90000|a=rtpmap:97 rtx/90000|a=fmtp:97 apt=9", "Vp8 96/-")]
    [InlineData("96 96 96|a=rtpmap:96 VP8/90000", "Vp8 96/-")]
    [InlineData("96|a=rtpmap:96 VP8/90000|a=rtpmap:96 H264/90000", "Vp8 96/-")]
    [InlineData("128 -1 x 256 96|a=rtpmap:128 VP8/90000|a=rtpmap:-1 VP8/90000|a=rtpmap:x VP8/90000|a=rtpmap:256 VP8/90000|a=rtpmap:96 VP8/90000", "Vp8 96/-")]
    [InlineData("102|a=rtpmap:102 H264/90000|a=fmtp:102 packetization-mode=1;profile-level-id=42e01f", "H264 102/-")]
    [InlineData("102|a=rtpmap:102 H264/90000|a=fmtp:102 profile-level-id=42E01F; packetization-mode=1", "H264 102/-")]
    [InlineData("102|a=rtpmap:102 H264/90000|a=fmtp:102 packetization-mode=1", "H264 102/-")]
    [InlineData("102|a=rtpmap:102 H264/90000|a=fmtp:102 packetization-mode=0;profile-level-id=42e01f", "")]
    [InlineData("102|a=rtpmap:102 H264/90000|a=fmtp:102 profile-level-id=42e01f", "")]
    [InlineData("102|a=rtpmap:102 H264/90000", "")]
    [InlineData("102|a=rtpmap:102 H264/90000|a=fmtp:102 packetization-mode=1;profile-level-id=640032", "")]
    [InlineData("102 96|a=rtpmap:96 VP8/90000|a=rtpmap:102 H264/90000|a=fmtp:102 packetization-mode=1", "H264 102/-, Vp8 96/-")]
    [InlineData("63 64 72 95 96|a=rtpmap:63 VP8/90000|a=rtpmap:64 VP8/90000|a=rtpmap:72 VP8/90000|a=rtpmap:95 VP8/90000|a=rtpmap:96 VP8/90000", "Vp8 63/-, Vp8 96/-")]
    [InlineData("96 72|a=rtpmap:96 VP8/90000|a=rtpmap:72 rtx/90000|a=fmtp:72 apt=96", "Vp8 96/-")]
    public void VideoFormats(string formatsAndLines, string expected)
    {
        var (sdp, transport) = Answer(Minimal("0 1", Audio("0"), $"m=video 9 UDP/TLS/RTP/SAVPF {formatsAndLines}|a=mid:1|a=sendonly"));
        Assert.Equal(expected, string.Join(", ", transport.Media[1].Codecs.Select(c => $"{c.Codec} {c.PayloadType}/{c.RtxPayloadType?.ToString() ?? "-"}")));
        Assert.Equal(expected.Length == 0, Section(sdp, 1).StartsWith("m=video 0 ", StringComparison.Ordinal));
    }

    /// <summary>RFC 7587 section 7: in-band FEC always, stereo where the sender wants it (screen audio), or where the server sends.</summary>
    [Theory]
    [InlineData("111|a=rtpmap:111 opus/48000/2|a=sendonly", "minptime=10;useinbandfec=1")]
    [InlineData("111|a=rtpmap:111 OPUS/48000/2|a=sendonly", "minptime=10;useinbandfec=1")]
    [InlineData("111|a=rtpmap:111 opus/48000/2|a=fmtp:111 stereo=1|a=sendonly", "minptime=10;useinbandfec=1;stereo=1")]
    [InlineData("111|a=rtpmap:111 opus/48000/2|a=fmtp:111 stereo=0|a=sendonly", "minptime=10;useinbandfec=1")]
    [InlineData("111|a=rtpmap:111 opus/48000/2|a=fmtp:111 usedtx=1;stereo=1|a=sendrecv", "minptime=10;useinbandfec=1;stereo=1")]
    [InlineData("111|a=rtpmap:111 opus/48000/2|a=recvonly", "minptime=10;useinbandfec=1;stereo=1")]
    [InlineData("111|a=rtpmap:111 opus/16000/2|a=sendonly", null)]
    [InlineData("0|a=rtpmap:0 PCMU/8000|a=sendonly", null)]
    public void SoundFormats(string formatsAndLines, string? expected)
    {
        var (sdp, _) = Answer(Minimal("0 1", Video("0"), $"m=audio 9 UDP/TLS/RTP/SAVPF {formatsAndLines}|a=mid:1"));
        Assert.Equal(expected is null ? [] : [$"111 {expected}"], Values(Section(sdp, 1), "fmtp"));
    }

    [Theory]
    [InlineData("a=rid:q send|a=rid:h send|a=rid:f send|a=simulcast:send q;h;f", "q h f")]
    [InlineData("a=rid:q send|a=rid:h send|a=rid:f send|a=simulcast:send f;h;q", "f h q")]
    [InlineData("a=rid:q send|a=rid:h send|a=simulcast:recv x send q;h", "q h")]
    [InlineData("a=rid:q send|a=rid:h send|a=simulcast:send q;~h recv x", "q h")]
    [InlineData("a=rid:q send|a=rid:h send|a=rid:i send|a=simulcast:send q,i;h", "q h")]
    [InlineData("a=rid:q send pt=96;max-width=320|a=rid:h send|a=simulcast:send q;h", "q h")]
    [InlineData("a=rid:1 send|a=rid:2 send|a=rid:3 send|a=rid:4 send|a=simulcast:send 1;2;3;4", "1 2 3")]
    [InlineData("a=rid:q send|a=rid:h recv|a=simulcast:send q;h", "")]
    [InlineData("a=rid:q send|a=simulcast:send q;h", "")]
    [InlineData("a=rid:q send|a=simulcast:send q", "")]
    [InlineData("a=rid:q send|a=rid:h send|a=simulcast:recv q;h", "")]
    [InlineData("a=rid:q send|a=rid:h send|a=simulcast:send", "")]
    [InlineData("a=rid:q send|a=rid:h send|a=simulcast:send q;q;q", "")]
    [InlineData("a=rid:q send|a=rid:h send", "")]
    public void Layers(string lines, string expected)
    {
        var (sdp, transport) = Answer(Minimal("0", Video("0") + "|" + lines));
        Assert.Equal(expected, string.Join(' ', transport.Media[0].Rids));
        Assert.Equal(expected.Length == 0 ? [] : [$"recv {expected.Replace(' ', ';')}"], Values(Section(sdp, 0), "simulcast"));
        Assert.Equal(transport.Media[0].Rids.Select(r => $"{r} recv"), Values(Section(sdp, 0), "rid"));
    }

    /// <summary>SSRCs by line order, RTX partners by FID group; groups of other kinds and broken lines are passed over.</summary>
    [Theory]
    [InlineData("a=ssrc:1 cname:x", "1/0")]
    [InlineData("a=ssrc:1 cname:x|a=ssrc:1 msid:y|a=ssrc:2 cname:x|a=ssrc-group:FID 1 2", "1/2")]
    [InlineData("a=ssrc-group:FID 1 2|a=ssrc:2 cname:x|a=ssrc:1 cname:x", "1/2")]
    [InlineData("a=ssrc:1 c|a=ssrc:2 c|a=ssrc:3 c|a=ssrc:4 c|a=ssrc-group:SIM 1 3|a=ssrc-group:FID 1 2|a=ssrc-group:FID 3 4", "1/2 3/4")]
    [InlineData("a=ssrc-group:FID 1|a=ssrc-group:FID 1 2 3|a=ssrc-group:FID x y|a=ssrc:1 c|a=ssrc:x c|a=ssrc:-1 c|a=ssrc:4294967296 c|a=ssrc:0 c", "1/0")]
    [InlineData("a=ssrc:4294967295 c", "4294967295/0")]
    public void SignalledSources(string lines, string expected)
    {
        var (_, transport) = Answer(Minimal("0", Video("0") + "|" + lines));
        Assert.Equal(expected, string.Join(' ', transport.Media[0].RemoteSsrcs.Zip(transport.Media[0].RemoteRtxSsrcs).Select(p => $"{p.First}/{p.Second}")));
    }

    /// <summary>
    /// What a hostile offer of the greatest allowed length may cost: each of these kept the server busy from seconds to hours when lines were
    /// searched for each format (20 s for the first, measured). A slow run of this test is its failure.
    /// </summary>
    [Fact]
    public void TheCostGrowsNoFasterThanTheLength()
    {
        var maps = string.Concat(Enumerable.Range(96, 32).Select(i => $"|a=rtpmap:{i} VP8/90000"));
        var formats = string.Concat(Enumerable.Range(0, 128).Select(i => $" {96 + (i % 32)}"));
        var (_, transport) = Answer(Minimal("0", $"m=video 9 UDP/TLS/RTP/SAVPF{formats}|a=mid:0|a=sendonly{string.Concat(Enumerable.Repeat("|a=x:y", 60_000))}{maps}"));
        Assert.Equal(32, transport.Media[0].Codecs.Length);
        var sources = string.Concat(Enumerable.Range(1, 8_000).Select(i => $"|a=ssrc-group:FID {i} {i + 500_000}|a=ssrc:{i} c:a"));
        (_, transport) = Answer(Minimal("0", Video("0") + sources));
        Assert.Equal(16, transport.Media[0].RemoteSsrcs.Length);
    }
}
