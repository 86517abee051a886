using System.Globalization;
using System.Xml.Linq;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Scenarios;
using MediaServer.LoadTest.Tests.Scenarios;

namespace MediaServer.LoadTest.Tests.Reporting;

public sealed class ReportingTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Bars_are_as_high_as_their_values()
    {
        var comparison = ComparisonResult.Of(["a", "b"], [ComparisonResultTests.Run("a", 400_000), ComparisonResultTests.Run("b", 100_000)]);
        var chart = XDocument.Parse(ResultCharts.Comparison([comparison]));
        var bars = chart.Descendants(Svg + "rect").Select(r => double.Parse(r.Attribute("height")!.Value, CultureInfo.InvariantCulture)).Where(h => h is > 12 and < 400).ToList();

        Assert.Equal(2, bars.Count);
        Assert.Equal(4, bars[0] / bars[1], 1);
        Assert.Contains(chart.Descendants(Svg + "text"), t => t.Value == "400,000");
    }

    [Fact]
    public void Lines_have_a_point_per_run_and_names_are_escaped()
    {
        var series = new[] { ComparisonResultTests.Run("<x>", 10, 100), ComparisonResultTests.Run("<x>", 10, 500) };
        var chart = XDocument.Parse(ResultCharts.Cost(series));

        Assert.Equal(2, chart.Descendants(Svg + "circle").Count());
        Assert.Contains(chart.Descendants(Svg + "text"), t => t.Value == "<x>");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.7, 1)]
    [InlineData(1, 1)]
    [InlineData(1.01, 2)]
    [InlineData(210_000, 250_000)]
    [InlineData(400_000, 500_000)]
    public void Axes_end_at_round_numbers(double value, double end) => Assert.Equal(end, SvgChart.NiceCeiling(value), 6);

    [Fact]
    public void Tables_align_their_columns()
    {
        var lines = ResultTable.Layout([["name", "1"], ["longer name", "1,000"]]).Split(Environment.NewLine);
        Assert.Equal("name             1", lines[0]);
        Assert.Equal("longer name  1,000", lines[1]);
    }

    [Fact]
    public void A_table_shows_the_figures_of_each_target()
    {
        var table = ResultTable.Write([ComparisonResultTests.Run("a", 12_345), ComparisonResultTests.Run("b", 1)]);
        Assert.Contains("12,345", table, StringComparison.Ordinal);
        Assert.Matches(@"fanout\s+a\s+b", table);
    }

    [Theory]
    [InlineData(0, 4, 0)]
    [InlineData(2, 4, 15)]
    [InlineData(9, 4, 30)]
    public void The_bar_is_filled_by_the_share_that_is_done(int done, int all, int filled) => Assert.Equal(filled, ProgressBar.Bar(done, all).Count(c => c == '#'));

    [Fact]
    public void Without_a_terminal_each_phase_is_told_once()
    {
        var output = new StringWriter();
        var progress = new ProgressBar(output, interactive: false, 80);
        progress.Begin("fanout");
        progress.Report("joining", 1, 3);
        progress.Report("joining", 2, 3);
        progress.Report("measuring", 0, 3);
        progress.End();

        Assert.Equal($"fanout: joining{Environment.NewLine}fanout: measuring{Environment.NewLine}", output.ToString());
    }
}
