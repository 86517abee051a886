using MediaServer.Protocol.Sdp;
using static MediaServer.Protocol.Tests.Sdp.SdpVectors;

namespace MediaServer.Protocol.Tests.Sdp;

/// <summary>What cannot be answered, each with its code and a sentence for people. A row replaces a text in a good offer.</summary>
public class RefusalTests
{
    private static readonly string Good = Minimal("0 1", Audio("0"), Video("1"));

    [Theory]
    [InlineData("sdp_invalid", "not SDP at all", "v=0", "hello")]
    [InlineData("sdp_invalid", "another version", "v=0", "v=1")]
    [InlineData("sdp_invalid", "a blank line in front does not excuse the version", "v=0", "\r\nv=1")]
    [InlineData("sdp_invalid", "a line without =", "s=-", "s-")]
    [InlineData("sdp_invalid", "m-line cut short", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=audio 9")]
    [InlineData("sdp_invalid", "port too great", "audio 9 ", "audio 65536 ")]
    [InlineData("sdp_invalid", "port no number", "audio 9 ", "audio x ")]
    [InlineData("sdp_invalid", "no mid", "a=mid:1", "a=mib:1")]
    [InlineData("sdp_invalid", "the same mid twice", "a=mid:1", "a=mid:0")]
    [InlineData("sdp_invalid", "a mid of 17 characters", "a=mid:1", "a=mid:12345678901234567")]
    [InlineData("sdp_invalid", "a mid that is no token", "a=mid:1", "a=mid:камера")]
    [InlineData("sdp_invalid", "a mid of two words", "a=mid:1", "a=mid:1 2")]
    [InlineData("sdp_invalid", "no ufrag", "a=ice-ufrag:abcd", "a=x:y")]
    [InlineData("sdp_invalid", "a ufrag of 3 characters", "ufrag:abcd", "ufrag:abc")]
    [InlineData("sdp_invalid", "no password", "a=ice-pwd", "a=ice-pad")]
    [InlineData("sdp_invalid", "a password of 21 characters", "pwd:0123456789012345678901", "pwd:012345678901234567890")]
    [InlineData("sdp_invalid", "no fingerprint", "a=fingerprint", "a=thumbprint")]
    [InlineData("sdp_invalid", "a fingerprint without value", "AB:AB", "")]
    [InlineData("sdp_invalid", "a fingerprint too short for its hash", "sha-256 AB:AB", "sha-256 AB")]
    [InlineData("sdp_invalid", "a fingerprint that is not hexadecimal", "sha-256 AB", "sha-256 XY")]
    [InlineData("sdp_unsupported", "a broken hash", "sha-256", "sha-1")]
    [InlineData("sdp_unsupported", "no bundle", "a=group:BUNDLE 0 1", "a=x:y")]
    [InlineData("sdp_unsupported", "another group", "BUNDLE 0 1", "LS 0 1")]
    [InlineData("sdp_unsupported", "an empty bundle", "BUNDLE 0 1", "BUNDLE")]
    [InlineData("sdp_unsupported", "a bundle of other lines", "BUNDLE 0 1", "BUNDLE 7 8")]
    [InlineData("sdp_unsupported", "the peer is passive", "setup:actpass", "setup:passive")]
    [InlineData("sdp_unsupported", "the peer holds", "setup:actpass", "setup:holdconn")]
    [InlineData("sdp_unsupported", "RTCP on a port of its own", "a=rtcp-mux", "a=rtcp-mix")]
    public void EachHasItsCode(string code, string why, string good, string bad)
    {
        var offer = good.StartsWith("AB", StringComparison.Ordinal) ? Good.Replace(string.Join(':', Enumerable.Repeat("AB", 32)), bad) : Good.Replace(good, bad);
        Assert.NotEqual(Good, offer);
        Refuses(code, why, offer);
    }

    [Theory]
    [InlineData("sdp_unsupported", "no codec in common", "opus/48000/2|VP8/90000", "PCMU/8000|VP9/90000")]
    [InlineData("sdp_unsupported", "all lines rejected", "audio 9|video 9", "audio 0|video 0")]
    [InlineData("sdp_unsupported", "RTP without encryption", "UDP/TLS/RTP/SAVPF 111|UDP/TLS/RTP/SAVPF 96", "RTP/AVP 111|RTP/AVP 96")]
    public void BothLinesAtOnce(string code, string why, string good, string bad)
    {
        var offer = good.Split('|').Zip(bad.Split('|')).Aggregate(Good, (text, pair) => text.Replace(pair.First, pair.Second));
        Refuses(code, why, offer);
    }

    [Fact]
    public void WhatIsTooLargeIsRefusedBeforeItCosts()
    {
        Refuses("sdp_invalid", "half a megabyte", Good + string.Concat(Enumerable.Repeat("a=x:y\r\n", 80_000)));
        Refuses("sdp_invalid", "257 m-lines", Minimal("0", [.. Enumerable.Range(0, 257).Select(i => Audio($"{i}"))]));
        Refuses("sdp_invalid", "more formats than there are payload types", Good.Replace("SAVPF 96 97", "SAVPF" + string.Concat(Enumerable.Repeat(" 96", 129))));
        Refuses("sdp_invalid", "empty", string.Empty);
        Refuses("sdp_invalid", "no media", "v=0\r\n");
    }

    [Theory]
    [InlineData("active")]
    [InlineData("actpass")]
    public void ThePeerMayInsistOnBeingActive(string setup) => Answer(Good.Replace("setup:actpass", "setup:" + setup));

    /// <summary>RFC 8122 section 5: the hash function's name and the digits in any case.</summary>
    [Theory]
    [InlineData("sha-256", 32)]
    [InlineData("SHA-256", 32)]
    [InlineData("sha-384", 48)]
    [InlineData("sha-512", 64)]
    public void FingerprintsAreRead(string hash, int length)
    {
        var value = string.Join(':', Enumerable.Repeat("ab", length));
        var (_, transport) = Answer(Good.Replace("sha-256 " + string.Join(':', Enumerable.Repeat("AB", 32)), $"{hash} {value}"));
        Assert.Equal((hash.ToLowerInvariant(), value.ToUpperInvariant()), (transport.RemoteFingerprint.Algorithm, transport.RemoteFingerprint.Value));
    }

    private static void Refuses(string code, string why, string offer)
    {
        var result = OfferAnswerer.Answer(offer, Policy(), null);
        Assert.True(result.ErrorCode == code, $"{why}: {result.ErrorCode ?? "answered"}");
        Assert.Matches("^\\S.{10,}\\.$", result.ErrorMessage!);
        Assert.True(result.Sdp is null && result.Transport is null);
    }
}
