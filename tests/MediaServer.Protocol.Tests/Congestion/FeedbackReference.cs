
namespace MediaServer.Protocol.Tests.Congestion;

/// <summary>One decoded feedback: for each number from the base on a time in ticks of 250 us, or null for a lost packet.</summary>
internal sealed record DecodedFeedback(uint SenderSsrc, uint MediaSsrc, ushort Base, byte Count, int Reference, long?[] Ticks, int RunLengths, int Vectors);

/// <summary>
/// Decodes transport-wide feedback as draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1 describes it, bit string by bit string, with nothing
/// of the code under test.
/// </summary>
internal static class FeedbackReference
{
    public static DecodedFeedback Decode(ReadOnlySpan<byte> packet)
    {
        var bits = string.Concat(packet.ToArray().Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));
        var position = 0;
        long Take(int count)
        {
            position += count;
            return Convert.ToInt64(bits.Substring(position - count, count), 2);
        }

        Assert.Equal((2, 0, 15, 205), (Take(2), Take(1), Take(5), Take(8)));
        Assert.Equal(packet.Length, (Take(16) + 1) * 4);
        var (sender, media) = ((uint)Take(32), (uint)Take(32));
        var (first, statuses) = ((ushort)Take(16), (int)Take(16));
        var (reference, feedbackCount) = ((int)Take(24), (byte)Take(8));
        var symbols = new List<int>();
        var (runs, vectors) = (0, 0);
        while (symbols.Count < statuses)
        {
            if (Take(1) == 0)
            {
                runs++;
                var symbol = (int)Take(2);
                symbols.AddRange(Enumerable.Repeat(symbol, (int)Take(13)));
                continue;
            }

            vectors++;
            var wide = Take(1) == 1;
            symbols.AddRange(Enumerable.Range(0, wide ? 7 : 14).Select(_ => (int)Take(wide ? 2 : 1)).ToList());
        }

        Assert.All(symbols.Skip(statuses), symbol => Assert.Equal(0, symbol));
        var ticks = new long?[statuses];
        var time = reference * 256L;
        for (var i = 0; i < statuses; i++)
        {
            Assert.InRange(symbols[i], 0, 2);
            if (symbols[i] > 0)
            {
                time += symbols[i] == 1 ? Take(8) : (short)Take(16);
                ticks[i] = time;
            }
        }

        // Zeros to the next word, and no more.
        Assert.InRange(bits.Length - position, 0, 31);
        Assert.DoesNotContain('1', bits[position..]);
        return new DecodedFeedback(sender, media, first, feedbackCount, reference, ticks, runs, vectors);
    }
}
