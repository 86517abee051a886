using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Relays;
using MediaServer.Forwarding.Speakers;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding;

/// <summary>The part that works with the routers of other shards (docs/relays.md).</summary>
public sealed partial class MediaRouter
{
    /// <summary>What relays have in hand; all 0 when nobody is left.</summary>
    internal (int Exports, int Imports, int Wishes, int Rooms) RelayCounts => (
        _context.Exports.Count,
        _context.Imports.Count,
        _context.Exports.WishCount + _context.Imports.WishCount,
        _rooms.Count + _directory.Count);

    public void Connect(int shard, IRelayLinks links)
    {
        _context.Shard = shard;
        _context.Links = links;
    }

    public void OnRelayRecord(int from, ReadOnlySpan<byte> record, MonotonicTime now) => _context.Imports.OnRecord(from, record, now);

    private void Apply(RelayMessage message, MonotonicTime now)
    {
        switch (message)
        {
            case RoomPresence presence:
                OnPresence(presence, now);
                break;

            case RoomShards shards when _rooms.TryGetValue(shards.Room, out var room):
                room.Relay.SetShards(shards.Shards, now);
                room.OnAudioChanged();
                break;

            case PublicationWanted wanted:
                _context.Exports.OnWanted(
                    wanted, _rooms.TryGetValue(wanted.Room, out var wantedIn) ? Find(wanted.Publication, wantedIn) : null, now);
                break;

            case PublicationUnwanted unwanted:
                _context.Exports.OnUnwanted(unwanted);
                break;

            case PublicationRelayed relayed:
                OnRelayed(relayed, now);
                break;

            case RelayEnded ended:
                _context.Imports.OnEnded(ended);
                break;

            case RelayGate gate:
                _context.Imports.OnGate(gate, now);
                break;

            case RelayLayers layers:
                _context.Exports.OnLayers(layers, now);
                break;

            case RelayKeyFrame keyFrame:
                _context.Exports.OnKeyFrameWanted(keyFrame, now);
                break;
        }
    }

    private void OnRelayed(PublicationRelayed message, MonotonicTime now)
    {
        if (_context.Imports.OnRelayed(message, _rooms.GetValueOrDefault(message.Room), now) is not { } relayed)
        {
            return;
        }

        if (relayed.Publication.IsVideo)
        {
            FillWaitingSlots(relayed.Room, now);
            relayed.ChooseLayers();
        }
        else
        {
            relayed.Room.Update(now);
        }
    }

    private void TellPresence(Room room, bool isPresent)
    {
        if (room.Id.HomeShard != _context.Shard)
        {
            _context.LinkTo(room.Id.HomeShard)?.Post(new RoomPresence(_context.Shard, room.Id, isPresent));
        }
    }

    /// <summary>Another shard has members of a room of which this is the home, or has none any more.</summary>
    private void OnPresence(RoomPresence message, MonotonicTime now)
    {
        var others = _directory.Update(message);
        var room = RoomOf(message.Room, now);
        room.Relay.SetShards(others, now);
        room.OnAudioChanged();
        RemoveIfDeserted(room);
    }

    /// <summary>A home shard keeps a room as long as other shards have members of it.</summary>
    private bool RemoveIfDeserted(Room room)
    {
        if (room.Members.Count > 0 || _directory.HasOthers(room.Id))
        {
            return false;
        }

        _rooms.Remove(room.Id);
        _context.Imports.EndRoom(room);
        return true;
    }
}
