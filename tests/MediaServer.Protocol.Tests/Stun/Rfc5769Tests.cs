using System.Net;
using System.Security.Cryptography;
using System.Text;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;
using MediaServer.Protocol.Tests.Harness;

namespace MediaServer.Protocol.Tests.Stun;

/// <summary>The messages of RFC 5769 section 2.</summary>
public class Rfc5769Tests
{
    internal const string Password = "VOkJxbRl1RmTxUk/WvJxBt";

    /// <summary>Section 2.1.</summary>
    internal static readonly byte[] Request = Bytes.Hex("""
        00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
        80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65 6e 74
        00 24 00 04 6e 00 01 ff
        80 29 00 08 93 2f f9 b1 51 26 3b 36
        00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20
        00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2
        80 28 00 04 e5 7a 3b cf
        """);

    /// <summary>Section 2.2.</summary>
    internal static readonly byte[] ResponseIPv4 = Bytes.Hex("""
        01 01 00 3c 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
        80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
        00 20 00 08 00 01 a1 47 e1 12 a6 43
        00 08 00 14 2b 91 f5 99 fd 9e 90 c3 8c 74 89 f9 2a f9 ba 53 f0 6b e7 d7
        80 28 00 04 c0 7d 4c 96
        """);

    /// <summary>Section 2.3.</summary>
    internal static readonly byte[] ResponseIPv6 = Bytes.Hex("""
        01 01 00 48 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
        80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
        00 20 00 14 00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9
        00 08 00 14 a3 82 95 4e 4b e6 7b f1 17 84 c9 7c 82 92 c2 75 bf e3 ed 41
        80 28 00 04 c8 fb 0b 4c
        """);

    /// <summary>Section 2.4: long-term credentials, no FINGERPRINT.</summary>
    private static readonly byte[] LongTermRequest = Bytes.Hex("""
        00 01 00 60 21 12 a4 42 78 ad 34 33 c6 ad 72 c0 29 da 41 2e
        00 06 00 12 e3 83 9e e3 83 88 e3 83 aa e3 83 83 e3 82 af e3 82 b9 00 00
        00 15 00 1c 66 2f 2f 34 39 39 6b 39 35 34 64 36 4f 4c 33 34 6f 4c 39 46 53 54 76 79 36 34 73 41
        00 14 00 0b 65 78 61 6d 70 6c 65 2e 6f 72 67 00
        00 08 00 14 f6 70 24 65 6d d6 4a 3e 02 b8 e0 71 2e 85 c9 a2 8c a8 96 66
        """);

    [Fact]
    public void TheRequestReadsAsTheRfcSays()
    {
        Assert.True(StunMessage.TryParse(Request, out var message, out var reason));
        Assert.Equal(DropReason.None, reason);
        Assert.Equal((StunClass.Request, StunMessage.BindingMethod), (message.Class, message.Method));
        Assert.Equal("b7e7a701bc34d686fa87dfae", Bytes.Hex(message.TransactionId));
        Assert.Equal("evtj:h6vY", Encoding.UTF8.GetString(message.Username));
        Assert.Equal(0x6E0001FFu, message.Priority);
        Assert.False(message.UseCandidate);
        Assert.True(message.TryGetAttribute(StunAttribute.IceControlled, out var tieBreaker));
        Assert.Equal("932ff9b151263b36", Bytes.Hex(tieBreaker));
        Assert.True(message.TryGetAttribute(StunAttribute.Software, out var software));
        Assert.Equal("STUN test client", Encoding.UTF8.GetString(software));
        Assert.True(message.HasFingerprint && message.VerifyFingerprint());
        Assert.True(message.HasIntegrity && message.VerifyIntegrity(Encoding.UTF8.GetBytes(Password)));
    }

    [Theory]
    [InlineData(false, "192.0.2.1")]
    [InlineData(true, "2001:db8:1234:5678:11:2233:4455:6677")]
    public void TheResponsesReadAsTheRfcSays(bool ipv6, string address)
    {
        Assert.True(StunMessage.TryParse(ipv6 ? ResponseIPv6 : ResponseIPv4, out var message, out _));
        Assert.Equal((StunClass.SuccessResponse, StunMessage.BindingMethod), (message.Class, message.Method));
        Assert.True(message.VerifyFingerprint() && message.VerifyIntegrity(Encoding.UTF8.GetBytes(Password)));
        Assert.True(message.TryGetXorMappedAddress(out var mapped));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), 32853), mapped.ToEndPoint());
        Assert.Equal(!ipv6, mapped.IsIPv4);
    }

    /// <summary>The key is MD5 of "username:realm:password" after SASLprep (RFC 8489 section 9.2.2).</summary>
    [Fact]
    public void LongTermIntegrityHoldsWithItsKey()
    {
        Assert.True(StunMessage.TryParse(LongTermRequest, out var message, out _));
        Assert.Equal("マトリックス", Encoding.UTF8.GetString(message.Username));
        Assert.False(message.HasFingerprint);
        Assert.True(message.VerifyIntegrity(MD5.HashData("マトリックス:example.org:TheMatrIX"u8)));
        Assert.False(message.VerifyIntegrity("TheMatrIX"u8));
    }

    /// <summary>The same content, written by this project (which pads with zeros; the RFC's samples pad with blanks).</summary>
    [Theory]
    [InlineData(false, "192.0.2.1")]
    [InlineData(true, "2001:db8:1234:5678:11:2233:4455:6677")]
    public void TheResponseWrittenHereDiffersInPaddingOnly(bool ipv6, string address)
    {
        var expected = (ipv6 ? ResponseIPv6 : ResponseIPv4).ToArray();
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.SuccessResponse, StunMessage.BindingMethod, expected.AsSpan(8, 12));
        writer.Add(StunAttribute.Software, "test vector"u8);
        writer.AddXorMappedAddress(TransportAddress.From(new IPEndPoint(IPAddress.Parse(address), 32853)));
        expected[35] = 0;
        var unsigned = expected.Length - 32;
        Assert.Equal(expected[4..unsigned], buffer[4..writer.Length]);
        writer.AddIntegrity(Encoding.UTF8.GetBytes(Password));
        writer.AddFingerprint();
        Assert.Equal(expected[..4], buffer[..4]);
        Assert.Equal(expected.Length, writer.Length);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        Assert.True(message.VerifyFingerprint() && message.VerifyIntegrity(Encoding.UTF8.GetBytes(Password)));
    }

    /// <summary>Each bit of the message up to MESSAGE-INTEGRITY is covered by it; each bit before FINGERPRINT by that.</summary>
    [Fact]
    public void NoBitTurnsUnnoticed()
    {
        for (var bit = 0; bit < Request.Length * 8; bit++)
        {
            var damaged = Bytes.FlipBit(Request, bit);
            var noticed = !StunMessage.TryParse(damaged, out var message, out _) ||
                !message.HasFingerprint || !message.VerifyFingerprint() ||
                !message.VerifyIntegrity(Encoding.UTF8.GetBytes(Password));
            Assert.True(noticed, $"bit {bit}");
        }
    }

    /// <summary>ISO 3309 check value, as any CRC-32 gives it for the digits 1 to 9.</summary>
    [Fact]
    public void TheChecksumIsTheCommonOne() => Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));
}
