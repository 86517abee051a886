using MediaServer.Contracts;
using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Server.Media;

/// <summary>One participant's transport, what it publishes and what it wants to see.</summary>
internal sealed class PeerMedia(TransportId id, NegotiatedTransport transport, Dictionary<MediaSource, string> sources)
{
    private static readonly TimeSpan QualityInterval = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, int> _layersWanted = [];
    private (QualityLevel Level, DateTimeOffset At)? _quality;

    public TransportId Id { get; } = id;

    public NegotiatedTransport Transport { get; private set; } = transport;

    public Dictionary<MediaSource, string> Sources { get; private set; } = sources;

    public long SessionVersion { get; private set; } = 1;

    /// <summary>By slot mid.</summary>
    public Dictionary<string, SlotChoice> Wishes { get; } = [];

    public bool IsVideoSlot(string mid) => Transport.Media.Any(m => m.Mid == mid && m.Kind == MediaKind.Video && m.Flow == MediaFlow.Send);

    public MediaSource? SourceOf(string mid)
    {
        foreach (var (source, sourceMid) in Sources)
        {
            if (sourceMid == mid)
            {
                return source;
            }
        }

        return null;
    }

    /// <summary>Of each video line of which the router has spoken.</summary>
    public IEnumerable<LayersWantedUpdate> LayersWanted => _layersWanted.Select(line => DescribeLayers(line.Key, line.Value)).OfType<LayersWantedUpdate>();

    public LayersWantedUpdate? OnLayersWanted(string mid, int activeLayers)
    {
        _layersWanted[mid] = activeLayers;
        return DescribeLayers(mid, activeLayers);
    }

    public bool IsNews(QualityLevel level, DateTimeOffset now)
    {
        if (_quality is { } last && last.Level == level && now - last.At < QualityInterval)
        {
            return false;
        }

        _quality = (level, now);
        return true;
    }

    public void Update(NegotiatedTransport transport, Dictionary<MediaSource, string> sources, long version)
    {
        Transport = transport;
        Sources = sources;
        SessionVersion = version;
    }

    private LayersWantedUpdate? DescribeLayers(string mid, int activeLayers)
    {
        if (SourceOf(mid) is not { } source || Transport.Media.FirstOrDefault(m => m.Mid == mid) is not { } media)
        {
            return null;
        }

        return new LayersWantedUpdate(source, [.. Enumerable.Range(0, Math.Max(1, media.Rids.Length)).Select(layer => (activeLayers & (1 << layer)) != 0)]);
    }
}
