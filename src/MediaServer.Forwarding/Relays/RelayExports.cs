using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Relays;

/// <summary>
/// This shard's publications on their way to other shards: video because another shard asked for it, voices because a
/// <see cref="RoomRelay"/> chose them. What is asked for is remembered until it is unwanted, and served whenever its publisher is in that room.
/// </summary>
internal sealed class RelayExports(RouterContext context)
{
    private readonly Dictionary<(PublicationId Publication, RoomId Room), List<Wish>> _wishes = [];
    private readonly Dictionary<int, RelayExport> _exports = [];
    private int _lastKey;

    public int Count => _exports.Count;

    public int WishCount => _wishes.Count;

    /// <summary>Another shard wants a video; <paramref name="publication"/> is it, when it is in the room now.</summary>
    public void OnWanted(PublicationWanted message, Publication? publication, MonotonicTime now)
    {
        if (context.LinkTo(message.From) is null)
        {
            return;
        }

        if (!_wishes.TryGetValue((message.Publication, message.Room), out var wishes))
        {
            _wishes[(message.Publication, message.Room)] = wishes = [];
        }

        var wish = new Wish(message.From);
        wishes.Add(wish);
        if (publication is { IsVideo: true })
        {
            wish.Export = Start(publication, wish.Shard, now);
        }
    }

    public void OnUnwanted(PublicationUnwanted message)
    {
        if (_wishes.TryGetValue((message.Publication, message.Room), out var wishes)
            && wishes.FindIndex(w => w.Shard == message.From) is var index and >= 0)
        {
            var wish = wishes[index];
            wishes.RemoveAt(index);
            if (wishes.Count == 0)
            {
                _wishes.Remove((message.Publication, message.Room));
            }

            wish.Export?.OnEnded(closed: false);
        }
    }

    /// <summary>A transport came into its room, or publishes more: serves who has been waiting for that.</summary>
    public void OnEntered(PeerTransport transport, MonotonicTime now)
    {
        if (_wishes.Count == 0)
        {
            return;
        }

        foreach (var publication in transport.Publications)
        {
            if (publication.IsVideo && _wishes.TryGetValue((publication.Id, transport.Room.Id), out var wishes))
            {
                foreach (var wish in wishes)
                {
                    if (wish.Export is not { IsEnded: false })
                    {
                        wish.Export = Start(publication, wish.Shard, now);
                    }
                }
            }
        }
    }

    public void OnLayers(RelayLayers message, MonotonicTime now)
    {
        if (_exports.TryGetValue(message.Key, out var export))
        {
            export.SetLayers(message.Layers, now);
        }
    }

    public void OnKeyFrameWanted(RelayKeyFrame message, MonotonicTime now)
    {
        if (_exports.TryGetValue(message.Key, out var export)
            && export.Publication is { IsGateOpen: true } publication
            && (uint)message.Layer < (uint)publication.Layers.Length)
        {
            publication.Publisher.RequestKeyFrame(publication.Layers[message.Layer], now);
        }
    }

    /// <summary>Null when there is no such shard.</summary>
    public RelayExport? Start(Publication publication, int shard, MonotonicTime now)
    {
        if (context.LinkTo(shard) is not { } link)
        {
            return null;
        }

        var export = new RelayExport(context, link, shard, ++_lastKey, publication);
        _exports.Add(export.Key, export);
        publication.Subscribers.Add(export);
        export.Begin(now);
        return export;
    }

    public void Remove(RelayExport export) => _exports.Remove(export.Key);

    public void Tick(MonotonicTime now)
    {
        foreach (var export in _exports.Values)
        {
            export.Tick(now);
        }
    }

    private sealed class Wish(int shard)
    {
        public int Shard { get; } = shard;

        public RelayExport? Export { get; set; }
    }
}
