using CsCheck;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Protocol.Tests.Sdp;

public class SdpParserTests
{
    private const string Good = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=sendonly\r\n";

    public static TheoryData<string> Vectors => [.. SdpVectors.All];

    [Fact]
    public void SectionsAndAttributes()
    {
        Assert.True(SdpParser.TryParse(Good, out var session, out _));
        Assert.True(session.Has("ice-lite") && session.Value("ice-lite") == string.Empty);
        Assert.Equal("BUNDLE 0", session.Value("group"));
        Assert.Null(session.Value("mid"));
        var media = session.Media.Single();
        Assert.Equal(("audio", 9, "UDP/TLS/RTP/SAVPF", "0"), (media.Kind, media.Port, media.Protocol, media.Mid));
        Assert.Equal(["111", "0"], media.Formats);
        Assert.True(media.Has("sendonly") && !media.Has("ice-lite"));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    [InlineData("  \r\n")]
    [InlineData("\r\n\r\n")]
    public void AnyEndOfLine(string end)
    {
        Assert.True(SdpParser.TryParse(Good.Replace("\r\n", end), out var session, out var error), error);
        Assert.Equal("0", session.Media.Single().Mid);
    }

    [Theory]
    [InlineData("", "no media")]
    [InlineData("v=0", "no media")]
    [InlineData("\r\n\r\n", "no media")]
    [InlineData("v=1\r\n", "line 1: expected v=0")]
    [InlineData("\r\n\r\nv=1\r\n", "line 3: expected v=0")]
    [InlineData("m=audio 9 X 0\r\n", "line 1: expected v=0")]
    [InlineData("\r\nm=audio 9 X 0\r\n", "line 2: expected v=0")]
    [InlineData("v=0\r\nx\r\n", "line 2: expected <type>=<value>")]
    [InlineData("v=0\r\n=\r\n", "line 2: expected <type>=<value>")]
    [InlineData("v=0\r\nhello\r\n", "line 2: expected <type>=<value>")]
    [InlineData("v=0\r\nm=\r\n", "line 2: a bad m-line, or too many")]
    [InlineData("v=0\r\nm=audio 9 X\r\n", "line 2: a bad m-line, or too many")]
    [InlineData("v=0\r\nm=audio -1 X 0\r\n", "line 2: a bad m-line, or too many")]
    [InlineData("v=0\r\nm=audio 65536 X 0\r\n", "line 2: a bad m-line, or too many")]
    [InlineData("v=0\r\nm=audio 99999999999 X 0\r\n", "line 2: a bad m-line, or too many")]
    public void ErrorsNameTheirLine(string text, string expected)
    {
        Assert.False(SdpParser.TryParse(text, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("m=audio 9/2 X 0", 9)]
    [InlineData("m=audio 0 X 0", 0)]
    [InlineData("m=audio 65535 X 0", 65535)]
    [InlineData("m=audio  9   X  0 ", 9)]
    public void OddMediaLines(string line, int port)
    {
        Assert.True(SdpParser.TryParse("v=0\n" + line, out var session, out _));
        Assert.Equal(port, session.Media.Single().Port);
    }

    [Fact]
    public void TheLimitsAreInclusive()
    {
        var lines = string.Concat(Enumerable.Repeat("m=audio 9 X 0\n", SdpParser.MaxMedia));
        Assert.True(SdpParser.TryParse("v=0\n" + lines, out _, out _));
        Assert.False(SdpParser.TryParse("v=0\n" + lines + "m=audio 9 X 0\n", out _, out _));
        var formats = "v=0\nm=audio 9 X" + string.Concat(Enumerable.Repeat(" 0", SdpParser.MaxFormats));
        Assert.True(SdpParser.TryParse(formats, out _, out _));
        Assert.False(SdpParser.TryParse(formats + " 0", out _, out _));
        var full = "v=0\nm=audio 9 X 0\n" + new string('\n', SdpParser.MaxLength - 18);
        Assert.Equal(SdpParser.MaxLength, full.Length);
        Assert.True(SdpParser.TryParse(full, out _, out _));
        Assert.False(SdpParser.TryParse(full + "\n", out _, out _));
    }

    /// <summary>Writing what was read and reading it again changes nothing.</summary>
    [Theory]
    [MemberData(nameof(Vectors))]
    public void WhatIsWrittenIsRead(string name)
    {
        Assert.True(SdpParser.TryParse(SdpVectors.Load(name), out var first, out _));
        Assert.True(SdpParser.TryParse(SdpWriter.Write(first, 7), out var second, out _));
        Assert.Equal(first.Attributes, second.Attributes);
        Assert.Equal(first.Media.Count, second.Media.Count);
        foreach (var (a, b) in first.Media.Zip(second.Media))
        {
            Assert.Equal((a.Kind, a.Port, a.Protocol), (b.Kind, b.Port, b.Protocol));
            Assert.Equal(a.Formats, b.Formats);
            Assert.Equal(a.Attributes, b.Attributes);
        }
    }

    [Fact]
    public void AnyTextGivesASessionOrAnError() => Gen.Char.Array[0, 400].Select(c => new string(c)).Sample(
        text => Assert.Equal(SdpParser.TryParse(text, out _, out var error), error.Length == 0), iter: 3_000);
}
