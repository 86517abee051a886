using CsCheck;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Tests.Harness;
using static MediaServer.Protocol.Tests.Rtcp.RtcpBuilder;

namespace MediaServer.Protocol.Tests.Rtcp;

/// <summary>draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1. Expected: arrival in ticks of 250 us after the reference time, "x" lost.</summary>
public class TransportFeedbackViewTests
{
    [Theory]
    [InlineData("run of 4 small deltas", 4, "2004 01020304", "1 3 6 10")]
    [InlineData("run of 3 large deltas, one negative", 3, "4003 0100 ffff 0001", "256 255 256")]
    [InlineData("run of losses between", 5, "2001 0003 2001 05 06", "5 x x x 11")]
    [InlineData("one-bit vector", 14, "a801 0102 03", "1 x 3 x x x x x x x x x x 6")]
    [InlineData("two-bit vector", 7, "d208 0a 0014 ffec", "10 x 30 x x 10 x")]
    [InlineData("vector longer than the count", 2, "d000 07", "7 x")]
    [InlineData("run longer than the count", 2, "3fff 0101", "1 2")]
    [InlineData("reserved symbol counts as lost", 3, "6003", "x x x")]
    [InlineData("empty run in front", 1, "2000 2001 09", "9")]
    public void ChunksAndDeltas(string why, int statuses, string content, string expected)
    {
        var view = View(Feedback(statuses, content));
        var arrivals = new long[statuses];
        if (view.TryReadArrivals(arrivals, out var count))
        {
            Assert.Equal(statuses, count);
            Assert.True(expected == Text(arrivals, view.ReferenceTime), $"{why}: {Text(arrivals, view.ReferenceTime)}");
            return;
        }

        Assert.Fail(why);
    }

    [Theory]
    [InlineData("chunks end early", 5, "2003 0000")]
    [InlineData("deltas end early", 4, "2004 0102")]
    [InlineData("half a large delta", 1, "4001 01")]
    public void WhatEndsEarlyIsRefused(string why, int statuses, string content)
    {
        var view = View(Feedback(statuses, content));
        Assert.False(view.TryReadArrivals(new long[statuses], out _), why);
    }

    /// <summary>Who has room for fewer arrivals gets the first ones, right.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(20)]
    public void AShortListGetsTheFirstOnes(int room)
    {
        var view = View(Feedback(20, "2002 d555 2004 2007 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14"));
        var (all, some) = (new long[20], new long[room]);
        Assert.True(view.TryReadArrivals(all, out _));
        Assert.True(view.TryReadArrivals(some, out var count));
        Assert.Equal(room, count);
        Assert.Equal(all[..room], some);
    }

    [Theory]
    [InlineData("000001", 1)]
    [InlineData("7fffff", 0x7FFFFF)]
    [InlineData("ffffff", -1)]
    [InlineData("800000", -0x800000)]
    public void TheReferenceTimeHas24BitsAndASign(string reference, int expected)
    {
        var view = View(Feedback(1, "2001 00", reference));
        Assert.Equal(expected, view.ReferenceTime);
        var arrivals = new long[1];
        Assert.True(view.TryReadArrivals(arrivals, out _));
        Assert.Equal(expected * 64_000L, arrivals[0]);
    }

    [Fact]
    public void TheFieldsAreWhereTheDraftPutsThem()
    {
        var view = View(Feedback(0x0102, "2102" + string.Concat(Enumerable.Repeat("00", 0x102))));
        Assert.Equal((1u, 2u, (ushort)0xABCD, 0x0102, (byte)0x2A), (view.SenderSsrc, view.MediaSsrc, view.BaseSequenceNumber, view.PacketStatusCount, view.FeedbackCount));
    }

    [Fact]
    public void HostileFeedbackNeverThrows() => Gen.Select(Gen.UShort, Gen.Byte.Array[2, 200], Gen.Int[0, 70_000]).Sample((statuses, content, room) =>
    {
        var view = View(Feedback(statuses, Bytes.Hex(content)));
        view.TryReadArrivals(new long[room], out var count);
        Assert.Equal(Math.Min(statuses, room), count);
    });

    private static TransportFeedbackView View(byte[] compound)
    {
        var packet = Single(compound, RtcpKind.TransportFeedback);
        return TransportFeedbackView.TryParse(packet, out var view) ? view : throw new InvalidOperationException(Bytes.Hex(compound));
    }

    private static byte[] Feedback(int statuses, string content, string reference = "000100")
    {
        var body = Bytes.Hex($"00000001 00000002 abcd{statuses:x4} {reference}2a" + content);
        var padding = (4 - (body.Length % 4)) % 4;
        var end = new byte[padding];
        if (padding > 0)
        {
            end[^1] = (byte)padding;
        }

        return [(byte)(padding > 0 ? 0xAF : 0x8F), 205, 0, (byte)((body.Length + padding) / 4), .. body, .. end];
    }

    private static string Text(long[] arrivals, int reference) =>
        string.Join(' ', arrivals.Select(a => a < 0 ? "x" : ((a - (reference * 64_000L)) / 250).ToString()));
}
