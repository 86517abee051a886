using MediaServer.LoadTest.Scenarios;

namespace MediaServer.LoadTest.Tests.Scenarios;

public sealed class ComparisonResultTests
{
    [Fact]
    public void The_ratio_is_taken_pair_by_pair_whichever_ran_first()
    {
        var comparison = ComparisonResult.Of(["a", "b"], [Run("a", 1000), Run("b", 100), Run("b", 200), Run("a", 1000), Run("a", 600), Run("b", 100)]);

        Assert.Equal(6, comparison.RatioPacketsPerCpuSecond.Median);
        Assert.Equal(5, comparison.RatioPacketsPerCpuSecond.Min);
        Assert.Equal(10, comparison.RatioPacketsPerCpuSecond.Max);
        Assert.Equal(100, comparison.MedianPacketsPerCpuSecond["b"]);
    }

    [Fact]
    public void Quantiles_are_nearest_ranks_and_medians_means_of_the_middle()
    {
        double[] sorted = [1, 2, 3, 4];
        Assert.Equal(2, Quantiles.Of(sorted, 0.5));
        Assert.Equal(4, Quantiles.Of(sorted, 0.99));
        Assert.Equal(1, Quantiles.Of(sorted, 0));
        Assert.Equal(0, Quantiles.Of([], 0.5));
        Assert.Equal(2.5, Quantiles.Median([4, 1, 3, 2]));
        Assert.Equal(3, Quantiles.Median([9, 3, 1]));
    }

    [Fact]
    public void Results_survive_json_with_the_names_that_scripts_use()
    {
        var comparison = ComparisonResult.Of(["a", "b"], [Run("a", 1000), Run("b", 100)]);
        var json = ScenarioResult.ToJson(comparison);
        var read = ScenarioResult.FromJson<ComparisonResult>(json);

        Assert.Contains("\"ratioPacketsPerCpuSecond\":{\"median\":10,\"min\":10,\"max\":10}", json, StringComparison.Ordinal);
        foreach (var name in (string[])["scenario", "target", "participants", "packetsIn", "packetsOut", "serverCpuSeconds", "packetsPerCpuSecond", "lossRatio", "transitMsP50",
            "transitMsP99", "transitMsP999", "joinMsP50", "joinMsP99", "joinSecondsTotal", "serverRssMiB"])
        {
            Assert.Contains($"\"{name}\":", json, StringComparison.Ordinal);
        }

        Assert.Equal(comparison.Runs[0].PacketsPerCpuSecond, read.Runs[0].PacketsPerCpuSecond);
        Assert.Equal(json, ScenarioResult.ToJson(read));
    }

    internal static ScenarioResult Run(string target, long packets, int participants = 2) =>
        new() { Scenario = "fanout", Target = target, Setting = "test", Participants = participants, PacketsOut = packets, ServerCpuSeconds = 1, Seconds = 2 };
}
