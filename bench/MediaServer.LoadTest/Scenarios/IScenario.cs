using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Scenarios;

/// <summary>Something to do with a server, and what to measure meanwhile.</summary>
internal interface IScenario
{
    string Name { get; }

    /// <summary>The target has been started and is disposed by the caller.</summary>
    Task<ScenarioResult> Run(ITarget target, ProgressBar progress, CancellationToken cancellationToken);
}
