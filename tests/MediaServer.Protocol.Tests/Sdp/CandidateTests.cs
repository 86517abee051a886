using System.Net;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Protocol.Tests.Sdp;

/// <summary>RFC 8839 section 5.1 and RFC 6544 section 4.5: what stands in the answer, and what a client reads of it.</summary>
public class CandidateTests
{
    private static readonly TransportAddress V4 = TransportAddress.From(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 50000));
    private static readonly TransportAddress V6 = TransportAddress.From(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 50000));

    [Fact]
    public void TcpCandidatesArePassiveAndComeAfterUdp()
    {
        var sdp = Answer([V4, V6, V4.OverTcp(), V6.OverTcp()]);
        Assert.Equal(
            [
                "a=candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host",
                "a=candidate:2 1 udp 2130706175 2001:db8::1 50000 typ host",
                "a=candidate:3 1 tcp 1671430143 192.0.2.1 50000 typ host tcptype passive",
                "a=candidate:4 1 tcp 1671429887 2001:db8::1 50000 typ host tcptype passive",
                "a=end-of-candidates",
            ],
            sdp.Split("\r\n").Where(line => line.Contains("candidate", StringComparison.Ordinal)));
    }

    [Fact]
    public void AClientTellsThemApart()
    {
        Assert.True(AnswerReader.TryRead(Answer([V4, V4.OverTcp(), V6.OverTcp()]), out var answer, out _));
        Assert.Equal([V4], answer.Candidates);
        Assert.Equal([V4.OverTcp(), V6.OverTcp()], answer.TcpCandidates);
    }

    [Theory]
    [InlineData("tcptype active")]
    [InlineData("tcptype so")]
    [InlineData("tcptype")]
    [InlineData("")]
    public void AClientConnectsToPassiveOnesOnly(string type)
    {
        var sdp = Answer([V4, V4.OverTcp()]).Replace("tcptype passive", type, StringComparison.Ordinal);
        Assert.True(AnswerReader.TryRead(sdp, out var answer, out _));
        Assert.Equal([V4], answer.Candidates);
        Assert.Empty(answer.TcpCandidates);
    }

    private static string Answer(TransportAddress[] candidates) =>
        SdpVectors.Answer(SdpVectors.Load("chromium-call"), SdpVectors.Policy() with { Candidates = candidates }).Sdp;
}
