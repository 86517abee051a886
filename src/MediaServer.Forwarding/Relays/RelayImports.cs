using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Speakers;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Relays;

/// <summary>
/// What this shard's slots want of other shards' publications, and the stand-ins for those that are relayed here. A wish names the room too:
/// a publication is only ever relayed into the room where its publisher is.
/// </summary>
internal sealed class RelayImports(RouterContext context)
{
    private readonly Dictionary<(PublicationId Publication, RoomId Room), Wish> _wishes = [];
    private readonly Dictionary<(int From, int Key), RelayedPublication> _relayed = [];
    private readonly List<RelayedPublication> _ending = [];

    public int Count => _relayed.Count;

    public int WishCount => _wishes.Count;

    /// <summary>A slot in <paramref name="room"/> wants something else than before.</summary>
    public void Replace(PublicationId? former, PublicationId? wanted, RoomId room)
    {
        if (former is { } old && old.Transport.Shard != context.Shard)
        {
            Unwant(old, room);
        }

        if (wanted is { } id && id.Transport.Shard != context.Shard)
        {
            Want(id, room);
        }
    }

    /// <summary>The stand-in, null when the publication is not in that room or not known yet.</summary>
    public Publication? Find(PublicationId id, RoomId room) =>
        _wishes.TryGetValue((id, room), out var wish) ? wish.Relayed?.Publication : null;

    /// <summary>A publication is relayed from now on. Returns it when it is new; null when nobody here is interested any more.</summary>
    public RelayedPublication? OnRelayed(PublicationRelayed message, Room? room, MonotonicTime now)
    {
        if (_relayed.TryGetValue((message.From, message.Key), out var known))
        {
            known.Update(message, now);
            return null;
        }

        _wishes.TryGetValue((message.Publication, message.Room), out var wish);
        var isVideo = message.Media.Kind == MediaKind.Video;
        if (room is null || context.LinkTo(message.From) is not { } link || (isVideo && wish is null))
        {
            return null;
        }

        var relayed = new RelayedPublication(context, link, message, room, now);
        _relayed.Add((message.From, message.Key), relayed);
        if (isVideo)
        {
            wish!.Relayed = relayed;
        }
        else
        {
            relayed.Publication.Activity.Resume(message.Loudness, now);
            room.Enter(relayed.Publication);
        }

        return relayed;
    }

    public void OnGate(RelayGate message, MonotonicTime now)
    {
        if (_relayed.TryGetValue((message.From, message.Key), out var relayed))
        {
            relayed.Publication.SetGate(message.IsOpen, now);
            relayed.Room.OnAudioChanged();
        }
    }

    public void OnEnded(RelayEnded message)
    {
        if (_relayed.TryGetValue((message.From, message.Key), out var relayed))
        {
            End(relayed, message.IsClosed);
        }
    }

    public void OnRecord(int from, ReadOnlySpan<byte> record, MonotonicTime now)
    {
        // What comes too late is no fault: its room has been left, or its end has overtaken it.
        if (RelayRecord.TryRead(record, out var header, out var body) && _relayed.TryGetValue((from, header.Key), out var relayed))
        {
            relayed.OnRecord(header, body, now);
        }
        else
        {
            context.Drops.Count(DropReason.RelayStale);
        }
    }

    /// <summary>Nobody is in the room any more: nothing is shown in it.</summary>
    public void EndRoom(Room room)
    {
        foreach (var relayed in _relayed.Values)
        {
            if (relayed.Room == room)
            {
                _ending.Add(relayed);
            }
        }

        foreach (var relayed in _ending)
        {
            End(relayed, closed: false);
        }

        _ending.Clear();
    }

    public void Tick(MonotonicTime now)
    {
        foreach (var relayed in _relayed.Values)
        {
            relayed.Tick(now);
        }
    }

    private void Want(PublicationId id, RoomId room)
    {
        if (context.LinkTo(id.Transport.Shard) is not { } link)
        {
            return;
        }

        if (!_wishes.TryGetValue((id, room), out var wish))
        {
            _wishes[(id, room)] = wish = new Wish();
            link.Post(new PublicationWanted(context.Shard, id, room));
        }

        wish.Slots++;
    }

    private void Unwant(PublicationId id, RoomId room)
    {
        if (!_wishes.TryGetValue((id, room), out var wish) || --wish.Slots > 0)
        {
            return;
        }

        _wishes.Remove((id, room));
        if (wish.Relayed is { } relayed)
        {
            End(relayed, closed: false);
        }

        context.LinkTo(id.Transport.Shard)?.Post(new PublicationUnwanted(context.Shard, id, room));
    }

    private void End(RelayedPublication relayed, bool closed)
    {
        _relayed.Remove((relayed.From, relayed.Key));
        if (_wishes.TryGetValue((relayed.Publication.Id, relayed.Room.Id), out var wish) && wish.Relayed == relayed)
        {
            wish.Relayed = null;
        }

        relayed.End(closed);
    }

    private sealed class Wish
    {
        public int Slots { get; set; }

        public RelayedPublication? Relayed { get; set; }
    }
}
