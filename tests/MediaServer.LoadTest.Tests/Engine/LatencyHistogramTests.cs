using CsCheck;
using MediaServer.LoadTest.Engine;

namespace MediaServer.LoadTest.Tests.Engine;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Quantiles_are_those_of_the_sorted_values_to_within_a_bucket() =>
        Gen.Long[0, 10_000_000].Array[1, 500].Select(Gen.Double[0.001, 1]).Sample((values, quantile) =>
        {
            var histogram = new LatencyHistogram();
            foreach (var value in values)
            {
                histogram.Record(value);
            }

            var exact = values.Order().ElementAt((int)Math.Ceiling(quantile * values.Length) - 1);
            var found = histogram.Quantile(quantile);
            Assert.InRange(found, exact, exact + (exact / 32) + 1);
        });

    [Fact]
    public void Nothing_recorded_is_zero_and_a_reset_forgets()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(0, histogram.Quantile(0.99));
        histogram.Record(5000);
        histogram.Reset();
        Assert.Equal(0, histogram.Quantile(0.99));
        Assert.Equal(0, histogram.Count);
    }

    [Fact]
    public void A_clock_that_was_set_back_counts_as_nothing()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(-20);
        Assert.Equal(0, histogram.Max);
        Assert.Equal(1, histogram.Count);
    }
}
