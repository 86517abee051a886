using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Speakers;

/// <summary>
/// The audio packets of a room on their way to its listeners. In a small room each goes out at once. In a large one they wait a little for those
/// of the other speakers, so that a listener gets one message (UDP segmentation offload) instead of several: the system call is what costs.
/// </summary>
internal sealed class VoiceBatch(Room room, RouterContext context) : IHeldPackets
{
    private const int Capacity = 16;

    /// <summary>A packet of audio is far smaller; what is larger goes alone.</summary>
    private const int MaxPacket = 512;

    private readonly Entry[] _entries = new Entry[Capacity];
    private byte[] _bytes = [];
    private int _count;

    public int Number { get; private set; }

    public int Count => _count;

    public void Add(PublicationLayer layer, ReadOnlySpan<byte> bytes, in PacketDescription description, MonotonicTime now)
    {
        if (room.Members.Count < context.Options.AudioGroupingMembers || bytes.Length > MaxPacket)
        {
            var packet = new MediaPacket(bytes, description);
            foreach (var slot in layer.Publication.AudioSlots)
            {
                slot.OnPacket(layer, packet, 0, now);
            }

            return;
        }

        if (_bytes.Length == 0)
        {
            _bytes = new byte[Capacity * MaxPacket];
        }

        bytes.CopyTo(_bytes.AsSpan(_count * MaxPacket));
        _entries[_count++] = new Entry(layer, description, bytes.Length);
        if (_count == 1)
        {
            context.Voices.Add(this, now);
        }

        if (_count >= Math.Min(room.HeardVoices, Capacity))
        {
            Dispatch(now);
        }
    }

    /// <summary>Listener by listener, so that all that is for one stands in a row.</summary>
    public void Dispatch(MonotonicTime now)
    {
        var longest = 0;
        for (var i = 0; i < _count; i++)
        {
            longest = Math.Max(longest, _entries[i].Description.Header.PayloadLength);
        }

        foreach (var member in room.Members)
        {
            foreach (var slot in member.AudioSlots)
            {
                for (var i = 0; i < _count; i++)
                {
                    ref readonly var entry = ref _entries[i];
                    if (entry.Layer is { } layer && slot.Source == layer.Publication)
                    {
                        slot.OnPacket(layer, new MediaPacket(_bytes.AsSpan(i * MaxPacket, entry.Length), entry.Description), longest, now);
                    }
                }
            }
        }

        Array.Clear(_entries, 0, _count);
        _count = 0;
        Number++;
    }

    /// <summary>Muted or gone: what waits of it goes no further.</summary>
    public void Drop(Publication publication)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_entries[i].Layer?.Publication == publication)
            {
                _entries[i] = default;
            }
        }
    }

    private readonly record struct Entry(PublicationLayer? Layer, PacketDescription Description, int Length);
}
