using System.Globalization;
using System.Net;
using System.Text;

namespace MediaServer.LoadTest.Reporting;

/// <summary>One line of a line chart: x ascending.</summary>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Bars with their values, and lines with markers, as SVG that needs neither fonts nor scripts. Colours can be told apart in grey too.</summary>
internal static class SvgChart
{
    private const int Width = 720;
    private const int Left = 70;
    private const int Right = 30;
    private const int Top = 60;
    private const int PlotHeight = 300;
    private const int Bottom = 60;
    private const int PlotWidth = Width - Left - Right;
    private const int GridLines = 5;
    private static readonly string[] Colours = ["#1b5e9b", "#e08e0b", "#4b8b3b", "#8a3d8f"];

    /// <summary>A group of bars per category; each bar has a range that is drawn as a whisker.</summary>
    /// <param name="title">Above.</param>
    /// <param name="unit">Of the values.</param>
    /// <param name="categories">With a value per name: median, least and most.</param>
    public static string Bars(string title, string unit, IReadOnlyList<(string Category, IReadOnlyList<(string Name, double Value, double Min, double Max)> Bars)> categories)
    {
        var top = NiceCeiling(categories.SelectMany(c => c.Bars).Max(b => b.Max));
        var names = categories.SelectMany(c => c.Bars.Select(b => b.Name)).Distinct().ToList();
        var svg = Begin(title, unit, top, names);
        var group = (double)PlotWidth / categories.Count;
        var bar = Math.Min(90, group * 0.8 / names.Count);
        for (var c = 0; c < categories.Count; c++)
        {
            var bars = categories[c].Bars;
            var start = Left + (group * (c + 0.5)) - (bar * bars.Count / 2);
            for (var b = 0; b < bars.Count; b++)
            {
                var x = start + (b * bar);
                var y = Y(bars[b].Value, top);
                Line(svg, $"<rect x=\"{N(x + 3)}\" y=\"{N(y)}\" width=\"{N(bar - 6)}\" height=\"{N(Top + PlotHeight - y)}\" fill=\"{Colours[names.IndexOf(bars[b].Name) % Colours.Length]}\"/>");
                Line(svg, $"<path d=\"M{N(x + (bar / 2))} {N(Y(bars[b].Min, top))}V{N(Y(bars[b].Max, top))}\" stroke=\"#222\" stroke-width=\"1.5\"/>");
                Text(svg, x + (bar / 2), Y(bars[b].Max, top) - 6, "middle", Number(bars[b].Value));
            }

            Text(svg, Left + (group * (c + 0.5)), Top + PlotHeight + 22, "middle", categories[c].Category);
        }

        return End(svg);
    }

    /// <summary>Lines over a linear x axis that starts at 0.</summary>
    public static string Lines(string title, string unit, string xTitle, IReadOnlyList<ChartSeries> series)
    {
        var top = NiceCeiling(series.SelectMany(s => s.Points).Max(p => p.Y));
        var right = series.SelectMany(s => s.Points).Max(p => p.X);
        var svg = Begin(title, unit, top, [.. series.Select(s => s.Name)]);
        double X(double x) => Left + (x / right * PlotWidth);
        for (var i = 0; i < series.Count; i++)
        {
            var colour = Colours[i % Colours.Length];
            var points = string.Join(' ', series[i].Points.Select(p => $"{N(X(p.X))},{N(Y(p.Y, top))}"));
            Line(svg, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\"/>");
            foreach (var (x, y) in series[i].Points)
            {
                Line(svg, $"<circle cx=\"{N(X(x))}\" cy=\"{N(Y(y, top))}\" r=\"4\" fill=\"{colour}\"/>");
                Text(svg, X(x), Y(y, top) - 9, "middle", Number(y));
            }
        }

        foreach (var x in series.SelectMany(s => s.Points).Select(p => p.X).Distinct())
        {
            Text(svg, X(x), Top + PlotHeight + 22, "middle", Number(x));
        }

        Text(svg, Left + (PlotWidth / 2.0), Top + PlotHeight + 44, "middle", xTitle);
        return End(svg);
    }

    /// <summary>1, 2, 2.5 or 5 times a power of ten, at least <paramref name="value"/>: grid lines then fall on round numbers.</summary>
    internal static double NiceCeiling(double value)
    {
        if (value <= 0)
        {
            return 1;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double[] steps = [1, 2, 2.5, 5, 10];
        return steps.First(s => s * power >= value * 0.9999) * power;
    }

    private static StringBuilder Begin(string title, string unit, double top, List<string> legend)
    {
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Top + PlotHeight + Bottom}\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">");
        Line(svg, $"<rect width=\"{Width}\" height=\"{Top + PlotHeight + Bottom}\" fill=\"#fff\"/>");
        Line(svg, $"<text x=\"{Left}\" y=\"24\" font-size=\"17\" font-weight=\"bold\">{WebUtility.HtmlEncode(title)}</text>");
        Text(svg, Left, 45, "start", unit);
        for (var i = 0; i < legend.Count; i++)
        {
            var x = Width - Right - ((legend.Count - i) * 130);
            Line(svg, $"<rect x=\"{x}\" y=\"35\" width=\"12\" height=\"12\" fill=\"{Colours[i % Colours.Length]}\"/>");
            Text(svg, x + 18, 46, "start", legend[i]);
        }

        for (var i = 0; i <= GridLines; i++)
        {
            var value = top * i / GridLines;
            Line(svg, $"<path d=\"M{Left} {N(Y(value, top))}H{Width - Right}\" stroke=\"{(i == 0 ? "#222" : "#ddd")}\"/>");
            Text(svg, Left - 8, Y(value, top) + 4, "end", Number(value));
        }

        return svg;
    }

    private static string End(StringBuilder svg) => svg.Append("</svg>\n").ToString();

    private static double Y(double value, double top) => Top + PlotHeight - (value / top * PlotHeight);

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text) =>
        Line(svg, $"<text x=\"{N(x)}\" y=\"{N(y)}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");

    private static void Line(StringBuilder svg, string line) => svg.Append(line).Append('\n');

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(value >= 100 ? "#,0" : "0.##", CultureInfo.InvariantCulture);
}
