using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Protocol.Congestion;

/// <summary>What became of a packet that was sent under a transport-wide number.</summary>
public enum SentPacketState : byte
{
    /// <summary>Nothing was sent under the number lately.</summary>
    Unknown,
    InFlight,
    Lost,
    Acknowledged,
}

/// <summary>One numbered packet. <paramref name="Probe"/> is the probe cluster that it belongs to, 0 none.</summary>
public readonly record struct SentTransportPacket(MonotonicTime SentAt, int Bytes, byte Probe, SentPacketState State);

/// <summary>
/// The latest packets of one transport by transport-wide sequence number, in 8 bytes each: numbers are given out without gaps, so an entry need
/// not hold its own. Starts with 512 entries and doubles (to 8192 at most) while more are in flight than it holds.
/// </summary>
public sealed class SentPacketHistory
{
    private const int InitialCapacity = 512;
    private const int MaxCapacity = 8192;

    /// <summary>An entry this old will not be acknowledged any more; rather overwrite it than grow.</summary>
    private const long MaxAge = 2_000_000;

    private Entry[] _entries = new Entry[InitialCapacity];
    private long _next = 1;
    private long _newest;

    /// <summary>How many numbers have been given out; the first is 1.</summary>
    public long Count => _next - 1;

    /// <summary>Bytes that are neither acknowledged nor reported lost.</summary>
    public int InFlightBytes { get; private set; }

    /// <summary>Registers a packet and gives it its number.</summary>
    public ushort Add(int bytes, byte probe, MonotonicTime now)
    {
        _newest = now.Microseconds;
        ref var oldest = ref _entries[_next & (_entries.Length - 1)];
        if (oldest.State == SentPacketState.InFlight)
        {
            if (_entries.Length < MaxCapacity && _newest - TimeOf(oldest) < MaxAge)
            {
                Grow();
                oldest = ref _entries[_next & (_entries.Length - 1)];
            }
            else
            {
                InFlightBytes -= oldest.Bytes;
            }
        }

        var size = (ushort)Math.Min(bytes, ushort.MaxValue);
        oldest = new Entry((uint)now.Microseconds, size, probe, SentPacketState.InFlight);
        InFlightBytes += size;
        return (ushort)_next++;
    }

    /// <summary>The packet that was sent under <paramref name="number"/>; false when it is not remembered.</summary>
    public bool TryFind(ushort number, out SentTransportPacket packet)
    {
        if (!TryLocate(number, out var index))
        {
            packet = default;
            return false;
        }

        ref readonly var entry = ref _entries[index];
        packet = new SentTransportPacket(new MonotonicTime(TimeOf(entry)), entry.Bytes, entry.Probe, entry.State);
        return true;
    }

    /// <summary>Notes that the packet has arrived or is reported lost: it is in flight no more.</summary>
    public void Settle(ushort number, SentPacketState state)
    {
        if (!TryLocate(number, out var index))
        {
            return;
        }

        ref var entry = ref _entries[index];
        if (entry.State == SentPacketState.InFlight)
        {
            InFlightBytes -= entry.Bytes;
        }

        entry = entry with { State = state };
    }

    /// <summary>Gives up on everything in flight, after a silence of the peer.</summary>
    public void AbandonInFlight()
    {
        foreach (ref var entry in _entries.AsSpan())
        {
            if (entry.State == SentPacketState.InFlight)
            {
                entry = entry with { State = SentPacketState.Lost };
            }
        }

        InFlightBytes = 0;
    }

    private bool TryLocate(ushort number, out int index)
    {
        var distance = SerialNumber.Difference((ushort)_next, number);
        index = (int)((_next - distance) & (_entries.Length - 1));
        return distance > 0 && distance <= _entries.Length && distance < _next && _entries[index].State != SentPacketState.Unknown;
    }

    /// <summary>Only the low 32 bits of the send time are kept: an entry is younger than their 71 minutes.</summary>
    private long TimeOf(in Entry entry) => _newest - (uint)((uint)_newest - entry.SentAt);

    private void Grow()
    {
        var larger = new Entry[_entries.Length * 2];
        for (var number = Math.Max(1, _next - _entries.Length); number < _next; number++)
        {
            larger[number & (larger.Length - 1)] = _entries[number & (_entries.Length - 1)];
        }

        _entries = larger;
    }

    private readonly record struct Entry(uint SentAt, ushort Bytes, byte Probe, SentPacketState State);
}
