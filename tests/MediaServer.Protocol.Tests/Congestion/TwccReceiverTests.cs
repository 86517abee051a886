using CsCheck;
using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Tests.Harness;

namespace MediaServer.Protocol.Tests.Congestion;

public class TwccReceiverTests
{
    private readonly TwccReceiver _receiver = new();

    [Fact]
    public void SilenceGivesNoFeedback()
    {
        Assert.Empty(Feedback());
        Receive(5, 100);
        Assert.Single(Feedback());
        Assert.Empty(Feedback());
    }

    /// <summary>Numbers with their arrival in ticks of 250 us; the packet behind its 16 bytes of header and SSRCs.</summary>
    [Theory]
    [InlineData("5@256", "0005 0001 00000100 d000 00 00")]
    [InlineData("5@300 6@301 8@310", "0005 0004 00000100 d440 2c 01 09 000000")]
    [InlineData("5@256 6@512 7@511", "0005 0003 00000100 da00 00 0100 ffff 00")]
    [InlineData("1@256 2@256 3@256 4@256 5@256 6@256 7@256", "0001 0007 00000100 2007 00000000000000 0000 00")]
    [InlineData("65535@256 0@257", "ffff 0002 00000100 d400 00 01")]
    [InlineData("6@257 5@256", "0006 0001 00000100 d000 01 00")]
    [InlineData("5@256 7@258 6@257", "0005 0003 00000100 d500 00 01 01 000000")]
    [InlineData("5@256 5@300", "0005 0001 00000100 d000 00 00")]
    public void WireFormat(string packets, string expected)
    {
        foreach (var packet in packets.Split(' ').Select(p => p.Split('@')))
        {
            Receive(int.Parse(packet[0]), long.Parse(packet[1]));
        }

        Assert.Equal(Bytes.Hex(Bytes.Hex(expected)), Bytes.Hex(Feedback().Single().AsSpan(12)));
    }

    /// <summary>Whatever arrives in whatever order: each packet is reported once, at its time, unless it came after its number was reported as lost.</summary>
    [Fact]
    public void ReportsWhatArrivedAndNothingElse() => Gen.Select(
        Gen.UShort,
        Gen.Long[0, 20_000_000_000_000],
        Gen.Select(Gen.Frequency((20, Gen.Int[1, 2]), (4, Gen.Int[3, 30]), (1, Gen.Int[31, 900])), Gen.Int[0, 60_000], Gen.Int[0, 19], Gen.Int[0, 19]).List[1, 400])
        .Sample((start, origin, steps) =>
        {
            var receiver = new TwccReceiver();
            var arrived = new Dictionary<long, long>();
            var reported = new Dictionary<long, long>();
            long number = start + 0x10000;
            long next = -1, time = origin, highest = 0;
            byte count = 0;
            foreach (var (gap, wait, late, report) in steps)
            {
                // One in ten comes late, one in twenty is a repetition.
                time += wait;
                number += gap;
                var came = late switch { 0 => number - gap, 1 or 2 => number - Math.Min(gap, 20), _ => number };
                next = next < 0 ? came : next;
                highest = Math.Max(highest, came);
                receiver.OnPacket((ushort)came, new MonotonicTime(time));
                if (came >= next)
                {
                    arrived.TryAdd(came, time / 250);
                }

                if (report > 0 && highest - next < 1000)
                {
                    continue;
                }

                foreach (var packet in Feedback(receiver))
                {
                    var decoded = FeedbackReference.Decode(packet);
                    Assert.Equal((7u, 9u, count++), (decoded.SenderSsrc, decoded.MediaSsrc, decoded.Count));
                    Assert.True(packet.Length <= 1000 && decoded.Ticks.Length <= 400);
                    var first = highest + (short)(decoded.Base - (ushort)highest);
                    Assert.True(first >= next, "numbers reported twice");
                    next = first + decoded.Ticks.Length;
                    for (var i = 0; i < decoded.Ticks.Length; i++)
                    {
                        if (decoded.Ticks[i] is { } tick)
                        {
                            reported.Add(first + i, tick);
                        }
                    }
                }

                // Ticks on the wire have 24 + 8 bits of the true ones.
                Assert.Equal(
                    arrived.OrderBy(a => a.Key).Select(a => (a.Key, a.Value & 0xFFFF_FFFF)),
                    reported.OrderBy(r => r.Key).Select(r => (r.Key, r.Value & 0xFFFF_FFFF)));
            }
        }, iter: 60);

    /// <summary>A number that is a whole window older shares its place with a fresh one.</summary>
    [Fact]
    public void AVeryLatePacketErasesNothing()
    {
        Receive(5_000, 256);
        Feedback();
        Receive(5_001, 300);
        Receive(5_002, 301);
        Receive(5_002 - 2_048, 302);
        Receive(5_001 - 4_096, 303);
        var decoded = FeedbackReference.Decode(Feedback().Single());
        Assert.Equal(((ushort)5_001, 2), (decoded.Base, decoded.Ticks.Length));
        Assert.Equal([300, 301], decoded.Ticks);
    }

    [Fact]
    public void ARunIsARunLengthAndAMixtureAVector()
    {
        for (var i = 0; i < 300; i++)
        {
            Receive(i, 256 + i);
        }

        var run = FeedbackReference.Decode(Feedback().Single());
        Assert.Equal((1, 0), (run.RunLengths, run.Vectors));
        for (var i = 300; i < 370; i++)
        {
            if (i % 3 != 1)
            {
                Receive(i, 600 + i);
            }
        }

        var mixture = FeedbackReference.Decode(Feedback().Single());
        Assert.Equal((0, 10), (mixture.RunLengths, mixture.Vectors));
        Assert.Equal(70, mixture.Ticks.Length);
    }

    /// <summary>A large delta has 16 bits: a pause of more than 8.19 s begins a new feedback.</summary>
    [Theory]
    [InlineData(32_767, 1)]
    [InlineData(33_200, 2)]
    [InlineData(10_000_000, 2)]
    public void ALongPauseBeginsANewFeedback(long pauseTicks, int expected)
    {
        Receive(1, 256);
        Receive(2, 256 + pauseTicks);
        var packets = Feedback();
        Assert.Equal(expected, packets.Count);
        var last = FeedbackReference.Decode(packets[^1]);
        Assert.Equal(256 + pauseTicks, last.Ticks[^1]);
    }

    /// <summary>The reference time wraps after 2^24 * 64 ms, 12.4 days.</summary>
    [Theory]
    [InlineData(0xFFFFFF, 0xFFFFFF)]
    [InlineData(0x1000000, 0)]
    [InlineData(0x2ABCDEF, 0xABCDEF)]
    public void TheReferenceTimeWraps(long reference, int expected)
    {
        Receive(1, (reference * 256) + 3);
        Receive(2, (reference * 256) + 259);
        var decoded = FeedbackReference.Decode(Feedback().Single());
        Assert.Equal(expected, decoded.Reference);
        Assert.Equal([(expected * 256L) + 3, (expected * 256L) + 259], decoded.Ticks);
    }

    /// <summary>After a jump only the last 2048 numbers are looked at; losses in front of an arrival are reported up to 200.</summary>
    [Theory]
    [InlineData(150, 150)]
    [InlineData(1_000, 201)]
    [InlineData(2_047, 201)]
    [InlineData(2_048, 201)]
    [InlineData(32_000, 201)]
    public void AGreatGapIsReportedInPart(int gap, int statuses)
    {
        Receive(10, 256);
        Feedback();
        Receive(10 + gap, 300);
        var decoded = FeedbackReference.Decode(Feedback().Single());
        Assert.Equal(statuses, decoded.Ticks.Length);
        Assert.Equal((ushort)(10 + gap), (ushort)(decoded.Base + decoded.Ticks.Length - 1));
        Assert.Equal(300, decoded.Ticks[^1]);
        Assert.Empty(Feedback());
    }

    [Fact]
    public void MoreThanOnePacketHoldsGoesIntoSeveral()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Receive(i * 2, 256 + (i * 300));
        }

        var decoded = Feedback().ConvertAll(p => FeedbackReference.Decode(p));
        Assert.Equal(1_000, decoded.Sum(d => d.Ticks.Count(t => t is not null)));
        Assert.True(decoded.Count >= 5);
    }

    /// <summary>What comes back is what the sender's side reads, too.</summary>
    [Fact]
    public void TheViewReadsWhatTheReceiverWrites() => Gen.Select(Gen.Int[1, 5], Gen.Int[0, 5_000]).List[1, 150].Sample(steps =>
    {
        var receiver = new TwccReceiver();
        var (number, time) = (0, 1_000_000L);
        foreach (var (gap, wait) in steps)
        {
            receiver.OnPacket((ushort)(number += gap), new MonotonicTime(time += wait));
        }

        foreach (var packet in Feedback(receiver))
        {
            var expected = FeedbackReference.Decode(packet).Ticks.Select(t => t is null ? -1 : t.Value * 250);
            var reader = new RtcpReader(packet);
            Assert.True(reader.TryReadNext(out var read, out _));
            Assert.True(TransportFeedbackView.TryParse(read, out var view));
            var arrivals = new long[500];
            Assert.True(view.TryReadArrivals(arrivals, out var count));
            Assert.Equal(expected, arrivals[..count]);
        }
    });

    [Fact]
    public void AnyNumbersAtAnyTimeNeverThrow() => Gen.Select(Gen.UShort, Gen.Long[-100_000_000, 100_000_000], Gen.Bool).List[0, 200].Sample(
        packets =>
        {
            var receiver = new TwccReceiver();
            foreach (var (number, time, report) in packets)
            {
                receiver.OnPacket(number, new MonotonicTime(time));
                if (report)
                {
                    Assert.All(Feedback(receiver), p => FeedbackReference.Decode(p));
                }
            }
        },
        iter: 100);

    [Fact]
    public void NothingIsAllocated()
    {
        var buffer = new byte[1200];
        ushort number = 0;
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                _receiver.OnPacket(number += 2, new MonotonicTime(number * 100L));
            }

            var writer = new RtcpWriter(buffer);
            _receiver.TryWriteFeedback(ref writer, 1, 2);
        }));
    }

    private void Receive(int number, long ticks) => _receiver.OnPacket((ushort)number, new MonotonicTime((ticks * 250) + 249));

    private List<byte[]> Feedback() => Feedback(_receiver);

    private static List<byte[]> Feedback(TwccReceiver receiver)
    {
        var packets = new List<byte[]>();
        var buffer = new byte[1200];
        while (true)
        {
            var writer = new RtcpWriter(buffer);
            if (!receiver.TryWriteFeedback(ref writer, 7, 9))
            {
                return packets;
            }

            packets.Add(buffer[..writer.Length]);
            Assert.True(packets.Count < 100, "no end");
        }
    }
}
