using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Sdp;
using static MediaServer.Protocol.Tests.Sdp.SdpVectors;

namespace MediaServer.Protocol.Tests.Sdp;

public class RenegotiationTests
{
    private static readonly IceCredentials Fresh = new("FreshUfr", "fresh-password-of-24-cha");

    [Theory]
    [InlineData("chromium-call")]
    [InlineData("firefox-call")]
    public void MoreSlotsLeaveTheOldOnesAsTheyWere(string name)
    {
        var (firstSdp, first) = Answer(Load(name));
        var (secondSdp, second) = Answer(Load(name + "-more-slots"), Policy(5000) with { LocalIce = Fresh, SessionVersion = 2 }, first);
        Assert.Equal(11, first.Media.Length);
        Assert.Equal(13, second.Media.Length);
        for (var i = 0; i < 11; i++)
        {
            Assert.Equal((first.Media[i].SlotSsrc, first.Media[i].SlotRtxSsrc), (second.Media[i].SlotSsrc, second.Media[i].SlotRtxSsrc));
            Assert.Equal(first.Media[i].Extensions, second.Media[i].Extensions);
            Assert.Equal(first.Media[i].Codecs.ToArray(), second.Media[i].Codecs.ToArray());
            Assert.Equal(first.Media[i].Rids.ToArray(), second.Media[i].Rids.ToArray());
            Assert.Equal(Section(firstSdp, i), Section(secondSdp, i));
        }

        Assert.Equal([5000u, 5001, 5002, 5003], second.Media.Skip(11).SelectMany(m => (uint[])[m.SlotSsrc, m.SlotRtxSsrc]));
        Assert.Equal((ServerIce, first.RemoteIce), (second.LocalIce, second.RemoteIce));
        Assert.Contains("o=- 1 2 IN IP4", secondSdp);
    }

    [Theory]
    [InlineData("chromium-call")]
    [InlineData("firefox-call")]
    public void AnIceRestartGetsFreshCredentialsAndKeepsTheRest(string name)
    {
        var (_, first) = Answer(Load(name + "-more-slots"));
        var (sdp, second) = Answer(Load(name + "-restart"), Policy(5000) with { LocalIce = Fresh }, first);
        Assert.NotEqual(first.RemoteIce, second.RemoteIce);
        Assert.Equal(Fresh, second.LocalIce);
        Assert.Contains("a=ice-ufrag:FreshUfr", sdp);
        Assert.DoesNotContain("SrvUfrag", sdp);
        Assert.Equal(first.RemoteFingerprint, second.RemoteFingerprint);
        Assert.Equal(first.Media.Select(m => (m.Mid, m.SlotSsrc, m.SlotRtxSsrc, m.Extensions)), second.Media.Select(m => (m.Mid, m.SlotSsrc, m.SlotRtxSsrc, m.Extensions)));
    }

    [Fact]
    public void ALineThatStopsSendingStaysInTheBundleAsInactive()
    {
        var (_, first) = Answer(Minimal("0 1", Audio("0"), Video("1", "recvonly")));
        var (sdp, second) = Answer(Minimal("0 1", Audio("0", "inactive"), Video("1", "recvonly")), Policy(5000), first);
        Assert.Equal(MediaFlow.Inactive, second.Media[0].Flow);
        Assert.Contains("m=audio 9 ", Section(sdp, 0));
        Assert.Contains("a=inactive", Section(sdp, 0));
        Assert.Equal(first.Media[1].SlotSsrc, second.Media[1].SlotSsrc);
        Assert.Contains("a=group:BUNDLE 0 1", sdp);
    }

    /// <summary>RFC 9429 section 5.2.2: a stopped transceiver's line stays with port 0, outside the group.</summary>
    [Fact]
    public void ARejectedLineStaysRejected()
    {
        var (_, first) = Answer(Minimal("0 1 2", Audio("0"), Video("1"), Video("2", "recvonly")));
        var (sdp, second) = Answer(Minimal("0 2", Audio("0"), Video("1").Replace("video 9", "video 0"), Video("2", "recvonly")), Policy(5000), first);
        Assert.StartsWith("m=video 0 ", Section(sdp, 1));
        Assert.Contains("a=group:BUNDLE 0 2\r\n", sdp);
        Assert.Empty(second.Media[1].Codecs);
        Assert.Equal(first.Media[2].SlotSsrc, second.Media[2].SlotSsrc);
    }

    /// <summary>The first line of the bundle may be gone: the transport's attributes then come from the next.</summary>
    [Fact]
    public void TheFirstLineMayBeRejected()
    {
        var (sdp, transport) = Answer(Minimal("1", Audio("0").Replace("audio 9", "audio 0"), Video("1")));
        Assert.Equal(MediaFlow.Receive, transport.Media[1].Flow);
        Assert.Contains("a=candidate", Section(sdp, 1));
        Assert.DoesNotContain("a=candidate", Section(sdp, 0));
    }

    [Fact]
    public void SlotsBeyondTheLimitAreRejectedAndTheOthersWork()
    {
        var policy = Policy() with { MaxAudioSlots = 1, MaxVideoSlots = 2 };
        string[] lines = [Audio("0"), Audio("1", "recvonly"), Audio("2", "recvonly"), Video("3", "recvonly"), Video("4", "recvonly"), Video("5", "recvonly"), Video("6")];
        var (sdp, transport) = Answer(Minimal("0 1 2 3 4 5 6", lines), policy);
        Assert.Equal("RSISSIR", string.Concat(transport.Media.Select(m => m.Flow.ToString()[0])));
        Assert.Contains("a=group:BUNDLE 0 1 3 4 6\r\n", sdp);
        Assert.StartsWith("m=audio 0 ", Section(sdp, 2));
        Assert.StartsWith("m=video 0 ", Section(sdp, 5));
    }
}
