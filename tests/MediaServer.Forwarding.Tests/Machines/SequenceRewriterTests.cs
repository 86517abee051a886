using CsCheck;
using MediaServer.Forwarding.Subscriptions;

namespace MediaServer.Forwarding.Tests.Machines;

public class SequenceRewriterTests
{
    [Fact]
    public void WithoutLossTheOutputIsContiguousWhateverIsSkippedAndSwitched() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 70_000]).List[1, 400].Sample(steps =>
        {
            var rewriter = new SequenceRewriter(100);
            long input = 65_000;
            rewriter.Switch(input);
            var expected = 100L;
            foreach (var (step, jump) in steps)
            {
                if (step == 0)
                {
                    input += jump;
                    rewriter.Switch(input);
                }

                if (step is 1 or 2)
                {
                    Assert.True(rewriter.TrySkip(input));
                }
                else
                {
                    Assert.True(rewriter.TryMap(input, out var output));
                    Assert.Equal(expected++, output);
                }

                input++;
            }
        });

    [Fact]
    public void NoTwoPacketsGetOneNumberInAnyOrder() =>
        Gen.Shuffle(Enumerable.Range(0, 60).ToArray()).Select(Gen.Int[2, 7]).Sample((order, every) =>
        {
            var rewriter = new SequenceRewriter(0);
            rewriter.Switch(0);
            var given = new HashSet<long>();
            foreach (var input in order)
            {
                if (input % every == 0 && rewriter.TrySkip(input))
                {
                    continue;
                }

                if (rewriter.TryMap(input, out var output))
                {
                    Assert.True(given.Add(output), $"{output} twice");
                }
            }
        });

    [Fact]
    public void ALatePacketFindsTheOffsetOfItsTime()
    {
        var rewriter = new SequenceRewriter(50);
        rewriter.Switch(1000);
        Assert.Equal(50, Map(rewriter, 1000));
        rewriter.TrySkip(1002);
        Assert.Equal(52, Map(rewriter, 1003));
        Assert.Equal(51, Map(rewriter, 1001));
    }

    [Fact]
    public void WhatWasBeforeTheSwitchHasNoPlace()
    {
        var rewriter = new SequenceRewriter(50);
        Assert.False(rewriter.TryMap(1, out _));
        rewriter.Switch(1000);
        Assert.False(rewriter.TryMap(999, out _));
        Assert.True(rewriter.TrySkip(999));
        Assert.Equal(50, Map(rewriter, 1000));
    }

    [Fact]
    public void AForgottenSegmentMapsNothingRatherThanWrongly()
    {
        var rewriter = new SequenceRewriter(0);
        rewriter.Switch(0);
        for (var i = 1; i < 200; i += 2)
        {
            rewriter.TryMap(i - 1, out _);
            rewriter.TrySkip(i);
        }

        Assert.False(rewriter.TryMap(3, out _));
    }

    private static long Map(SequenceRewriter rewriter, long input)
    {
        Assert.True(rewriter.TryMap(input, out var output));
        return output;
    }
}
