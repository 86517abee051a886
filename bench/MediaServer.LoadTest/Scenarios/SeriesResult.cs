namespace MediaServer.LoadTest.Scenarios;

/// <summary>One scenario with growing numbers of participants.</summary>
internal sealed record SeriesResult
{
    public required string Scenario { get; init; }

    /// <summary>By participants, ascending.</summary>
    public required IReadOnlyList<ScenarioResult> Runs { get; init; }
}
