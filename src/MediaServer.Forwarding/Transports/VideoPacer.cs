using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Subscriptions;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Transports;

/// <summary>A packet that waits: where it goes and where to find it in its publisher's cache.</summary>
internal readonly record struct PacedPacket(VideoSlot? Slot, PublicationLayer Layer, long Sequence, int Bytes, bool StartsKeyFrame);

/// <summary>
/// The video of one subscriber that could not leave at once. Holds no payload, and no outgoing numbers: these are given when a packet really leaves,
/// so that what is dropped here leaves no gap to repair. Bounded by time: what would wait longer is dropped whole slots at a time, the least
/// important first, and such a slot goes on at its next key frame.
/// </summary>
internal sealed class VideoPacer
{
    private const long MaxWaitMilliseconds = 200;

    /// <summary>A key frame is waited for longer: dropping it would only bring another one.</summary>
    private const long MaxKeyFrameWaitMilliseconds = 500;
    private const int InitialCapacity = 64;

    private PacedPacket[] _ring = [];
    private int _head;
    private int _count;
    private long _bytes;

    public bool IsEmpty => _count == 0;

    public long Bytes => _bytes;

    public void Enqueue(in PacedPacket packet)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + _count++) & (_ring.Length - 1)] = packet;
        _bytes += packet.Bytes;
    }

    public bool TryDequeue(out PacedPacket packet)
    {
        while (_count > 0)
        {
            packet = _ring[_head];
            _ring[_head] = default;
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
            if (packet.Slot is not null)
            {
                _bytes -= packet.Bytes;
                return true;
            }
        }

        packet = default;
        return false;
    }

    /// <summary>Forgets what waits for <paramref name="slot"/>: it shows something else now. Returns how many packets that were.</summary>
    public int Discard(VideoSlot slot)
    {
        var discarded = 0;
        for (var i = 0; i < _count; i++)
        {
            ref var packet = ref _ring[(_head + i) & (_ring.Length - 1)];
            if (packet.Slot == slot)
            {
                _bytes -= packet.Bytes;
                packet = default;
                discarded++;
            }
        }

        return discarded;
    }

    /// <summary>
    /// The slot to give up when the queue has become too long at <paramref name="rate"/> (bits per second), null when it has not: the one with the
    /// lowest priority and smallest tile, rather one that does not wait with a key frame.
    /// </summary>
    public VideoSlot? FindVictim(long rate)
    {
        var wait = rate == long.MaxValue ? 0 : _bytes * 8000 / rate;
        if (wait <= MaxWaitMilliseconds)
        {
            return null;
        }

        VideoSlot? seen = null;
        VideoSlot? victim = null;
        VideoSlot? victimWithKeyFrame = null;
        for (var i = 0; i < _count; i++)
        {
            ref readonly var packet = ref _ring[(_head + i) & (_ring.Length - 1)];
            if (packet.Slot is not { } slot || slot == seen)
            {
                continue;
            }

            seen = slot;
            if (HasKeyFrame(slot))
            {
                victimWithKeyFrame = LessImportant(victimWithKeyFrame, slot);
            }
            else
            {
                victim = LessImportant(victim, slot);
            }
        }

        return victim ?? (wait > MaxKeyFrameWaitMilliseconds ? victimWithKeyFrame : null);
    }

    private static VideoSlot LessImportant(VideoSlot? a, VideoSlot b) =>
        a is null || b.Priority < a.Priority || (b.Priority == a.Priority && b.MaxHeight < a.MaxHeight) ? b : a;

    private bool HasKeyFrame(VideoSlot slot)
    {
        for (var i = 0; i < _count; i++)
        {
            ref readonly var packet = ref _ring[(_head + i) & (_ring.Length - 1)];
            if (packet.Slot == slot && packet.StartsKeyFrame)
            {
                return true;
            }
        }

        return false;
    }

    private void Grow()
    {
        var larger = new PacedPacket[Math.Max(InitialCapacity, _ring.Length * 2)];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        _ring = larger;
        _head = 0;
    }
}
