using CsCheck;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Tests.Harness;

namespace MediaServer.Protocol.Tests.Rtp;

public class RtpHeaderTests
{
    /// <summary>Padding 4, extension of one word, two CSRCs, marker, PT 111.</summary>
    private const string Full = "b2ef1234 00010203 cafebabe 00000001 00000002 bede0001 10aa0000 99887766 00000004";

    [Fact]
    public void EveryFieldIsWhereRfc3550PutsIt()
    {
        Assert.True(RtpHeader.TryParse(Bytes.Hex(Full), out var header, out var reason));
        Assert.Equal(DropReason.None, reason);
        Assert.Equal((true, (byte)111, (ushort)0x1234, 0x00010203u, 0xCAFEBABEu), (header.Marker, header.PayloadType, header.SequenceNumber, header.Timestamp, header.Ssrc));
        Assert.Equal((2, (ushort)0xBEDE, 24, 4), (header.CsrcCount, header.ExtensionProfile, header.ExtensionOffset, header.ExtensionLength));
        Assert.Equal((28, 4, 4), (header.HeaderLength, header.PayloadLength, header.PaddingLength));
    }

    [Theory]
    [InlineData("version 1", "40600001 00000000 00000001", DropReason.RtpMalformed)]
    [InlineData("version 3", "c0600001 00000000 00000001", DropReason.RtpMalformed)]
    [InlineData("11 bytes", "80600001 00000000 000000", DropReason.TooShort)]
    [InlineData("empty", "", DropReason.TooShort)]
    [InlineData("CSRC cut", "81600001 00000000 00000001 000000", DropReason.RtpMalformed)]
    [InlineData("15 CSRCs promised, none there", "8f600001 00000000 00000001", DropReason.RtpMalformed)]
    [InlineData("extension header cut", "90600001 00000000 00000001 bede00", DropReason.RtpMalformed)]
    [InlineData("extension cut", "90600001 00000000 00000001 bede0002 10000000", DropReason.RtpMalformed)]
    [InlineData("extension of 65535 words", "90600001 00000000 00000001 bedeffff 10000000", DropReason.RtpMalformed)]
    [InlineData("padding 0", "a0600001 00000000 00000001 00", DropReason.RtpMalformed)]
    [InlineData("padding in an empty packet", "a0600001 00000000 00000001", DropReason.RtpMalformed)]
    [InlineData("padding longer than the payload", "a0600001 00000000 00000001 000004", DropReason.RtpMalformed)]
    [InlineData("padding into the extension", "b0600001 00000000 00000001 bede0001 10000005 05", DropReason.RtpMalformed)]
    [InlineData("padding is all there is", "a0600001 00000000 00000001 000003", DropReason.None)]
    [InlineData("header only", "80600001 00000000 00000001", DropReason.None)]
    [InlineData("extension of no words", "90600001 00000000 00000001 bede0000", DropReason.None)]
    public void WellFormedOrNot(string why, string hex, DropReason expected)
    {
        Assert.Equal(expected == DropReason.None, RtpHeader.TryParse(Bytes.Hex(hex), out _, out var reason));
        Assert.True(expected == reason, $"{why}: {reason}");
    }

    [Fact]
    public void CutAtEachByteItIsRefused()
    {
        var packet = Bytes.Hex(Full);
        for (var length = 0; length < packet.Length; length++)
        {
            // The last byte is read as padding wherever the cut is: 0, or more than there is.
            Assert.False(RtpHeader.TryParse(packet.AsSpan(0, length), out _, out _), $"{length}");
        }
    }

    /// <summary>RFC 7983 section 7 and RFC 5761 section 4: every second byte for the first bytes around the limits.</summary>
    [Theory]
    [InlineData(127, false)]
    [InlineData(128, true)]
    [InlineData(144, true)]
    [InlineData(191, true)]
    [InlineData(192, false)]
    public void TheFirstTwoBytesTellRtpFromRtcp(byte first, bool either)
    {
        for (var second = 0; second < 256; second++)
        {
            var rtcp = second is >= 192 and <= 223;
            Assert.Equal(either && rtcp, RtpHeader.IsRtcp([first, (byte)second]));
            Assert.Equal(either && !rtcp, RtpHeader.IsRtp([first, (byte)second]));
        }

        Assert.False(RtpHeader.IsRtp([first]) || RtpHeader.IsRtcp([first]));
    }

    [Fact]
    public void WhatIsWrittenIsRead() => Gen.Select(
        Gen.Select(Gen.Byte[0, 127], Gen.Bool, Gen.UShort, Gen.UInt, Gen.UInt),
        Gen.UInt.Array[0, 15],
        Gen.Select(Gen.Byte[1, 14], Gen.Byte.Array[1, 16]).Array[0, 8],
        Gen.Bool,
        Gen.Byte.Array[0, 200]).Sample((fixedPart, csrcs, extensions, twoByte, payload) =>
        {
            var (type, marker, sequence, timestamp, ssrc) = fixedPart;
            var buffer = new byte[600];
            var writer = new RtpWriter(buffer, twoByte);
            writer.WriteHeader(type, marker, sequence, timestamp, ssrc);
            foreach (var csrc in csrcs)
            {
                writer.AddCsrc(csrc);
            }

            foreach (var (id, value) in extensions)
            {
                writer.AddExtension(id, value);
            }

            writer.WritePayload(payload);
            var packet = buffer.AsSpan(0, writer.Length);
            Assert.True(RtpHeader.TryParse(packet, out var header, out _));
            Assert.Equal((type, marker, sequence, timestamp, ssrc), (header.PayloadType, header.Marker, header.SequenceNumber, header.Timestamp, header.Ssrc));
            Assert.Equal(csrcs.Length, header.CsrcCount);
            Assert.Equal(payload, packet[header.HeaderLength..].ToArray());
            Assert.Equal(0, header.HeaderLength % 4);
            foreach (var id in Enumerable.Range(1, 14))
            {
                var expected = extensions.FirstOrDefault(e => e.Item1 == id).Item2;
                Assert.Equal(expected is not null, HeaderExtensions.TryFind(packet, header, (byte)id, out var value));
                Assert.Equal(expected ?? [], value.ToArray());
            }
        });

    [Fact]
    public void HostileBytesNeverThrow() => Mutations.Hostile(Bytes.Hex(Full), Bytes.Hex("90600001 00000000 00000001 10000002 01020304 05000000 55")).Sample(
        bytes =>
        {
            Assert.Equal(RtpHeader.TryParse(bytes, out var header, out var reason), reason == DropReason.None);
            if (reason != DropReason.None)
            {
                return;
            }

            Assert.Equal(bytes.Length, header.HeaderLength + header.PayloadLength + header.PaddingLength);
            Assert.True(header.PayloadLength >= 0 && header.HeaderLength >= 12);
            for (var id = 0; id < 17; id++)
            {
                if (HeaderExtensions.TryFind(bytes, header, (byte)id, out var value))
                {
                    AudioLevel.TryRead(value, out _, out _);
                    Assert.True(value.Length < header.ExtensionLength);
                }
            }
        },
        iter: 20_000);

    [Fact]
    public void ParsingAllocatesNothing()
    {
        var packet = Bytes.Hex(Full);
        Assert.Equal(0, Allocations.Of(() =>
        {
            RtpHeader.TryParse(packet, out var header, out _);
            HeaderExtensions.TryFind(packet, header, 1, out _);
        }));
    }
}
