using MediaServer.LoadTest.Targets.Janus;

namespace MediaServer.LoadTest.Targets;

/// <summary>How targets are to be set up.</summary>
/// <param name="MediaServer">Which MediaServer.</param>
/// <param name="FeedbackMilliseconds">Between two transport-cc feedback packets of a receiver; 0 negotiates none.</param>
internal sealed record TargetSettings(MediaServerSettings MediaServer, int FeedbackMilliseconds);

/// <summary>Makes targets. Owns the network namespace that they run in, when one is needed.</summary>
internal sealed class TargetFactory : IAsyncDisposable
{
    public const string MediaServerName = "mediaserver";
    public const string JanusName = "janus";

    private readonly TargetSettings _settings;
    private readonly NetworkNamespace? _namespace;
    private readonly string _janusVersion;

    private TargetFactory(TargetSettings settings, NetworkNamespace? ownNamespace, string janusVersion)
    {
        _settings = settings;
        _namespace = ownNamespace;
        _janusVersion = janusVersion;
    }

    /// <param name="settings">Of all targets.</param>
    /// <param name="names">Which targets will be wanted. Janus takes all of them into a network namespace.</param>
    /// <param name="useNamespace">Do without Janus what is needed for it, to compare with figures from there.</param>
    /// <param name="tell">Told what takes long.</param>
    /// <exception cref="InvalidOperationException">The machine lacks what is needed.</exception>
    public static async Task<TargetFactory> Create(TargetSettings settings, IReadOnlyCollection<string> names, bool useNamespace, Action<string> tell)
    {
        var janus = names.Contains(JanusName);
        var version = janus ? await JanusProcess.EnsureInstalled(tell) : string.Empty;
        var ownNamespace = janus || useNamespace ? await NetworkNamespace.Create() : null;
        return new TargetFactory(settings, ownNamespace, version);
    }

    /// <param name="name">One of the names that the factory was made for.</param>
    /// <param name="onFailure">Told of a bug in the load generator.</param>
    public ITarget Create(string name, Action<Exception> onFailure)
    {
        var network = _namespace?.Network ?? TargetNetwork.Loopback;
        return name == JanusName
            ? new JanusTarget(network, _janusVersion, onFailure)
            : new MediaServerTarget(_settings.MediaServer, network, _settings.FeedbackMilliseconds, onFailure);
    }

    public async ValueTask DisposeAsync()
    {
        if (_namespace is not null)
        {
            await _namespace.DisposeAsync();
        }
    }
}
