using CsCheck;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;
using MediaServer.Protocol.Tests.Harness;

namespace MediaServer.Protocol.Tests.Stun;

public class StunMessageTests
{
    private const string Header = "0001 {0} 2112a442 000102030405060708090a0b ";
    private static readonly byte[] Key = "0123456789012345678901"u8.ToArray();

    [Theory]
    [InlineData("not STUN: cookie", "0001 0000 2112a443 000102030405060708090a0b", DropReason.StunMalformed)]
    [InlineData("not STUN: first bits", "4001 0000 2112a442 000102030405060708090a0b", DropReason.StunMalformed)]
    [InlineData("19 bytes", "0001 0000 2112a442 0001020304050607 08090a", DropReason.TooShort)]
    [InlineData("length says more", "0001 0004 2112a442 000102030405060708090a0b", DropReason.StunMalformed)]
    [InlineData("length says less", "0001 0000 2112a442 000102030405060708090a0b 80220000", DropReason.StunMalformed)]
    [InlineData("length not a multiple of 4", "0001 0002 2112a442 000102030405060708090a0b 8022", DropReason.StunMalformed)]
    [InlineData("attribute longer than the message", "0001 0008 2112a442 000102030405060708090a0b 80220005 00000000", DropReason.StunMalformed)]
    [InlineData("attribute of 65535 bytes", "0001 0004 2112a442 000102030405060708090a0b 8022ffff", DropReason.StunMalformed)]
    [InlineData("integrity of 4 bytes", "0001 0008 2112a442 000102030405060708090a0b 00080004 00000000", DropReason.StunMalformed)]
    [InlineData("fingerprint of 0 bytes", "0001 0004 2112a442 000102030405060708090a0b 80280000", DropReason.StunMalformed)]
    [InlineData("fingerprint not last", "0001 000c 2112a442 000102030405060708090a0b 80280004 00000000 00250000", DropReason.StunMalformed)]
    [InlineData("header only", "0001 0000 2112a442 000102030405060708090a0b", DropReason.None)]
    [InlineData("empty attribute", "0001 0004 2112a442 000102030405060708090a0b 00250000", DropReason.None)]
    [InlineData("padding may hold anything", "0001 0008 2112a442 000102030405060708090a0b 80220001 41ffffff", DropReason.None)]
    public void WellFormedOrNot(string why, string hex, DropReason expected)
    {
        Assert.Equal(expected == DropReason.None, StunMessage.TryParse(Bytes.Hex(hex), out _, out var reason));
        Assert.True(expected == reason, $"{why}: {reason}");
    }

    [Fact]
    public void EveryPrefixOfAMessageIsRefused()
    {
        foreach (var valid in (byte[][])[Rfc5769Tests.Request, Rfc5769Tests.ResponseIPv4, Rfc5769Tests.ResponseIPv6])
        {
            for (var length = 0; length < valid.Length; length++)
            {
                Assert.False(StunMessage.TryParse(valid.AsSpan(0, length), out _, out _), $"{length} of {valid.Length}");
            }
        }
    }

    /// <summary>RFC 8489 section 5: the class bits C0 and C1 lie between the method bits.</summary>
    [Theory]
    [InlineData(StunClass.Request, 0x001, 0x0001)]
    [InlineData(StunClass.Indication, 0x001, 0x0011)]
    [InlineData(StunClass.SuccessResponse, 0x001, 0x0101)]
    [InlineData(StunClass.ErrorResponse, 0x001, 0x0111)]
    [InlineData(StunClass.Request, 0x00F, 0x000F)]
    [InlineData(StunClass.Request, 0x010, 0x0020)]
    [InlineData(StunClass.Request, 0x080, 0x0200)]
    [InlineData(StunClass.ErrorResponse, 0x0FF, 0x03FF)]
    public void ClassAndMethodInterleave(StunClass messageClass, ushort method, ushort wire)
    {
        var buffer = new byte[20];
        _ = new StunWriter(buffer, messageClass, method, new byte[12]);
        Assert.Equal(wire, (ushort)((buffer[0] << 8) | buffer[1]));
        Assert.True(StunMessage.TryParse(buffer, out var message, out _));
        Assert.Equal((messageClass, method), (message.Class, message.Method));
    }

    /// <summary>RFC 8489 section 14.5: what follows MESSAGE-INTEGRITY is not covered, so it must not count.</summary>
    [Fact]
    public void AttributesBehindTheIntegrityDoNotCount()
    {
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, new byte[12]);
        writer.Add(StunAttribute.Username, "a:b"u8);
        writer.AddIntegrity(Key);
        writer.Add(StunAttribute.UseCandidate, []);
        writer.Add(StunAttribute.Priority, 7u);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        Assert.True(message.VerifyIntegrity(Key));
        Assert.False(message.UseCandidate);
        Assert.Equal(0u, message.Priority);
        Assert.Equal("a:b", System.Text.Encoding.UTF8.GetString(message.Username));
    }

    [Fact]
    public void TheFirstOfTwoEqualAttributesCounts()
    {
        Assert.True(StunMessage.TryParse(Bytes.Hex(string.Format(null, Header, "0010") + "00060001 61000000 00060001 62000000"), out var message, out _));
        Assert.Equal("a", System.Text.Encoding.UTF8.GetString(message.Username));
    }

    [Theory]
    [InlineData("no integrity", "0000", "")]
    [InlineData("wrong integrity", "0018", "00080014 0000000000000000000000000000000000000000")]
    public void WithoutTheRightIntegrityNothingIsVerified(string why, string length, string attributes)
    {
        Assert.True(StunMessage.TryParse(Bytes.Hex(string.Format(null, Header, length) + attributes), out var message, out _));
        Assert.False(message.VerifyIntegrity(Key), why);
    }

    [Theory]
    [InlineData("family 3", "0003 a147 e112a643")]
    [InlineData("IPv4 with 12 bytes", "0001 a147 e112a643 00000000")]
    [InlineData("IPv6 with 4 bytes", "0002 a147 e112a643")]
    [InlineData("empty", "")]
    public void AMappedAddressOfAnotherShapeIsNotRead(string why, string value)
    {
        var bytes = Bytes.Hex(value);
        var buffer = new byte[60];
        var writer = new StunWriter(buffer, StunClass.SuccessResponse, StunMessage.BindingMethod, new byte[12]);
        writer.Add(StunAttribute.XorMappedAddress, bytes);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        Assert.False(message.TryGetXorMappedAddress(out _), why);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(420)]
    [InlineData(487)]
    [InlineData(699)]
    public void ErrorCodesComeBack(int code)
    {
        var buffer = new byte[60];
        var writer = new StunWriter(buffer, StunClass.ErrorResponse, StunMessage.BindingMethod, new byte[12]);
        writer.AddErrorCode(code, "odd"u8);
        Assert.Equal((byte)(code / 100), buffer[26]);
        Assert.Equal((byte)(code % 100), buffer[27]);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        Assert.Equal(code, message.ErrorCode);
    }

    [Fact]
    public void WhatIsWrittenIsRead() =>
        Gen.Select(Gen.Byte.Array[12], Gen.Byte.Array[0, 40], Gen.UInt, Gen.ULong, Gen.ULong, Gen.UShort).Sample((id, username, priority, high, low, port) =>
        {
            var buffer = new byte[200];
            var address = new TransportAddress(high, low, port);
            var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, id);
            writer.Add(StunAttribute.Username, username);
            writer.Add(StunAttribute.Priority, priority);
            writer.AddXorMappedAddress(address);
            writer.AddIntegrity(Key);
            writer.AddFingerprint();
            Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
            Assert.Equal(id, message.TransactionId.ToArray());
            Assert.Equal(username, message.Username.ToArray());
            Assert.Equal(priority, message.Priority);
            Assert.True(message.TryGetXorMappedAddress(out var read));
            Assert.Equal(address, read);
            Assert.True(message.VerifyFingerprint() && message.VerifyIntegrity(Key));
        });

    [Fact]
    public void HostileBytesNeverThrow() =>
        Mutations.Hostile(Rfc5769Tests.Request, Rfc5769Tests.ResponseIPv4, Rfc5769Tests.ResponseIPv6).Sample(
            bytes =>
            {
                Assert.Equal(StunMessage.TryParse(bytes, out var message, out var reason), reason == DropReason.None);
                if (reason != DropReason.None)
                {
                    return;
                }

                message.VerifyFingerprint();
                message.VerifyIntegrity(Key);
                message.TryGetXorMappedAddress(out _);
                _ = message.ErrorCode + message.Priority + message.Username.Length + message.TransactionId.Length + (message.UseCandidate ? 1 : 0);
                var total = 0;
                var attributes = message.EnumerateAttributes();
                while (attributes.MoveNext())
                {
                    total += 4 + attributes.Value.Length;
                }

                Assert.True(total <= bytes.Length - StunMessage.HeaderLength);
            },
            iter: 20_000);

    [Fact]
    public void ReadingAllocatesNothing() => Assert.Equal(0, Allocations.Of(() =>
    {
        StunMessage.TryParse(Rfc5769Tests.Request, out var message, out _);
        message.VerifyIntegrity(Key);
        message.VerifyFingerprint();
    }));
}
