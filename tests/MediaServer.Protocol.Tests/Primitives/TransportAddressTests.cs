using System.Net;
using CsCheck;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Tests.Primitives;

public class TransportAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", true, "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", true, "192.0.2.1")]
    [InlineData("255.255.255.255", true, "255.255.255.255")]
    [InlineData("0.0.0.0", true, "0.0.0.0")]
    [InlineData("::1", false, "::1")]
    [InlineData("2001:db8::ffff:192.0.2.1", false, "2001:db8::ffff:c000:201")]
    [InlineData("::192.0.2.1", false, "::192.0.2.1")]
    public void MappedAndPlainIPv4AreOneAddress(string text, bool ipv4, string expected)
    {
        var address = TransportAddress.From(new IPEndPoint(IPAddress.Parse(text), 5000));
        Assert.Equal(ipv4, address.IsIPv4);
        Assert.Equal(IPAddress.Parse(expected), address.ToEndPoint().Address);
        Assert.Equal(TransportAddress.From(new IPEndPoint(IPAddress.Parse(expected), 5000)), address);
        Assert.NotEqual(TransportAddress.From(new IPEndPoint(IPAddress.Parse(expected), 5001)), address);
        Assert.False(address.IsDefault);
    }

    [Fact]
    public void SixteenBytesComeBack() => Gen.Select(Gen.Byte.Array[16], Gen.UShort).Sample((bytes, port) =>
    {
        var address = TransportAddress.FromIPv6(bytes, port);
        var written = new byte[16];
        address.WriteIPv6(written);
        Assert.Equal(bytes, written);
        Assert.Equal(address, TransportAddress.From(address.ToEndPoint()));
    });

    [Fact]
    public void TheDefaultIsNoAddress()
    {
        Assert.True(default(TransportAddress).IsDefault);
        Assert.False(default(TransportAddress).IsIPv4);
    }

    [Fact]
    public void EachConnectionIsAnAddressOfItsOwn()
    {
        var udp = TransportAddress.From(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 65535));
        TransportAddress[] all = [udp, udp.OverTcp(), udp.OverTcp(1), udp.OverTcp(uint.MaxValue)];
        Assert.Equal(all.Length, all.ToHashSet().Count);
        Assert.Equal([false, true, true, true], all.Select(a => a.IsTcp));
        Assert.Equal([0, 0, 1, uint.MaxValue], all.Select(a => a.Connection));
        Assert.All(all, a => Assert.Equal(udp.ToEndPoint(), a.ToEndPoint()));
        Assert.Equal(udp.OverTcp(7), udp.OverTcp(1).OverTcp(7));
        Assert.False(default(TransportAddress).OverTcp().IsDefault);
        Assert.Equal("192.0.2.1:65535/tcp#1", all[2].ToString());
    }

    /// <summary>It is copied and compared for every packet.</summary>
    [Fact]
    public void TcpCostsNoRoom() => Assert.Equal(24, System.Runtime.CompilerServices.Unsafe.SizeOf<TransportAddress>());
}
