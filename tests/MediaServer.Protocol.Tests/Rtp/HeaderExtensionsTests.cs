using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Tests.Harness;

namespace MediaServer.Protocol.Tests.Rtp;

/// <summary>RFC 8285 section 4. Each row: the profile word, the elements, the id that is looked for, what is found ("-": nothing).</summary>
public class HeaderExtensionsTests
{
    [Theory]
    [InlineData("one byte of data", "10aa0000", 1, "aa")]
    [InlineData("two elements", "10aa21bbcc000000", 2, "bbcc")]
    [InlineData("16 bytes of data", "3f000102030405060708090a0b0c0d0e0f000000", 3, "000102030405060708090a0b0c0d0e0f")]
    [InlineData("padding between elements", "10aa000020bb0000", 2, "bb")]
    [InlineData("padding in front", "000010aa", 1, "aa")]
    [InlineData("the first of two counts", "10aa10bb", 1, "aa")]
    [InlineData("another id", "10aa0000", 2, "-")]
    [InlineData("id 0 is padding, not an id", "00000000", 0, "-")]
    [InlineData("id 15 ends the search (section 4.2)", "f0aa20bb", 2, "-")]
    [InlineData("id 15 cannot be looked for", "f0aa0000", 15, "-")]
    [InlineData("before id 15 all counts", "10aaf0bb", 1, "aa")]
    [InlineData("id 0 with a length ends the search (section 4.1.2)", "01aa20bb", 2, "-")]
    [InlineData("id 0 with a length cannot hide an element in its data", "0310aabb20cc0000", 1, "-")]
    [InlineData("before id 0 with a length all counts", "10aa01bb", 1, "aa")]
    [InlineData("data beyond the end", "12aabb00", 1, "aabb00")]
    [InlineData("data one byte beyond the end", "13aabb00", 1, "-")]
    [InlineData("an element in the last byte without data", "00000010", 1, "-")]
    [InlineData("nothing at all", "", 1, "-")]
    public void OneByteForm(string why, string elements, byte id, string expected) => Assert.True(Find(0xBEDE, elements, id) == expected, why);

    [Theory]
    [InlineData(0x1000, "one byte of data", "0101aa00", 1, "aa")]
    [InlineData(0x100F, "any application bits", "0101aa00", 1, "aa")]
    [InlineData(0x1000, "no data", "01000000", 1, "")]
    [InlineData(0x1000, "a high id", "ff01aa00", 255, "aa")]
    [InlineData(0x1000, "id 15 is an id here", "0f01aa00", 15, "aa")]
    [InlineData(0x1000, "padding between elements", "0101aa000201bb00", 2, "bb")]
    [InlineData(0x1000, "data to the end", "0102aabb", 1, "aabb")]
    [InlineData(0x1000, "data one byte beyond the end", "0103aabb", 1, "-")]
    [InlineData(0x1000, "no length byte", "00000001", 1, "-")]
    [InlineData(0x1000, "255 promised", "01ff0000", 1, "-")]
    [InlineData(0x1010, "not this profile", "0101aa00", 1, "-")]
    [InlineData(0x0FFF, "not this profile either", "0101aa00", 1, "-")]
    [InlineData(0x0000, "no profile", "0101aa00", 1, "-")]
    public void TwoByteForm(int profile, string why, string elements, byte id, string expected) => Assert.True(Find(profile, elements, id) == expected, why);

    [Theory]
    [InlineData("00", true, false, 0)]
    [InlineData("7f", true, false, 127)]
    [InlineData("80", true, true, 0)]
    [InlineData("a5", true, true, 37)]
    [InlineData("a5ff", true, true, 37)]
    [InlineData("", false, false, AudioLevel.Silence)]
    public void AudioLevelOfRfc6464(string value, bool good, bool voice, int level)
    {
        Assert.Equal(good, AudioLevel.TryRead(Bytes.Hex(value), out var readVoice, out var readLevel));
        Assert.Equal((voice, level), (readVoice, readLevel));
    }

    private static string Find(int profile, string elements, byte id)
    {
        var words = Bytes.Hex(elements).Length / 4;
        var packet = Bytes.Hex($"90600001 00000000 00000001 {profile:x4}{words:x4} {elements} 5555");
        Assert.True(RtpHeader.TryParse(packet, out var header, out _));
        return HeaderExtensions.TryFind(packet, header, id, out var value) ? Bytes.Hex(value) : "-";
    }
}
