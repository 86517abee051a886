using System.Collections.Immutable;
using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Relays;

/// <summary>
/// At a room's home shard: which other shards have members of it. The home shard itself belongs to the room as long as anybody does, for it
/// tells who speaks.
/// </summary>
internal sealed class RoomDirectory(RouterContext context)
{
    private readonly Dictionary<RoomId, ImmutableArray<int>> _present = [];

    public int Count => _present.Count;

    public bool HasOthers(RoomId room) => _present.ContainsKey(room);

    /// <summary>Notes that a shard came or left, and tells every shard of the room where its voices are to go. Returns where this shard's are.</summary>
    public ImmutableArray<int> Update(RoomPresence message)
    {
        var present = _present.GetValueOrDefault(message.Room, []).Remove(message.From);
        if (message.IsPresent)
        {
            present = present.Add(message.From);
        }

        if (present.IsEmpty)
        {
            _present.Remove(message.Room);
        }
        else
        {
            _present[message.Room] = present;
        }

        foreach (var shard in present)
        {
            context.LinkTo(shard)?.Post(new RoomShards(context.Shard, message.Room, present.Remove(shard).Add(context.Shard)));
        }

        return present;
    }
}
