using System.Globalization;

namespace MediaServer.LoadTest.Targets;

/// <summary>Samples of a scrape in Prometheus' text format, e.g. <c>name{label="value"} 12</c>.</summary>
internal sealed class PrometheusText(string text)
{
    private readonly List<(string Name, string Labels, double Value)> _samples = [.. text.Split('\n').Select(Parse).OfType<(string, string, double)>()];

    /// <summary>The sum of the samples of <paramref name="name"/> whose labels hold <paramref name="label"/> (e.g. <c>generation="gen2"</c>).</summary>
    public double Sum(string name, string label = "") =>
        _samples.Where(s => s.Name == name && s.Labels.Contains(label, StringComparison.Ordinal)).Sum(s => s.Value);

    /// <summary>Cumulative counts of a histogram by upper bound, ascending.</summary>
    public IReadOnlyList<(double UpperBound, double Count)> Buckets(string name) =>
        [.. _samples.Where(s => s.Name == name + "_bucket").Select(s => (UpperBound: BoundOf(s.Labels), s.Value)).OrderBy(b => b.UpperBound)];

    private static (string, string, double)? Parse(string line)
    {
        var end = line.LastIndexOf('}');
        var space = line.IndexOf(' ', Math.Max(0, end));
        if (line.StartsWith('#') || space < 0 || !double.TryParse(line[(space + 1)..].Trim().Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        var brace = line.IndexOf('{');
        return brace > 0 && brace < end ? (line[..brace], line[(brace + 1)..end], value) : (line[..space], string.Empty, value);
    }

    private static double BoundOf(string labels)
    {
        const string le = "le=\"";
        var start = labels.IndexOf(le, StringComparison.Ordinal);
        var end = start < 0 ? -1 : labels.IndexOf('"', start + le.Length);
        return end >= 0 && double.TryParse(labels[(start + le.Length)..end], NumberStyles.Float, CultureInfo.InvariantCulture, out var bound) ? bound : double.PositiveInfinity;
    }
}
