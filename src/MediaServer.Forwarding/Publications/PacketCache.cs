namespace MediaServer.Forwarding.Publications;

/// <summary>
/// The latest plaintext packets of one video layer by extended sequence number. One byte ring that is allocated with the first packet;
/// the oldest packets are overwritten.
/// </summary>
internal sealed class PacketCache(int capacityBytes)
{
    private const int Entries = 1024;

    private Entry[] _entries = [];
    private byte[]? _bytes;
    private long _written;

    public void Store(long sequence, ReadOnlySpan<byte> packet)
    {
        if (packet.Length > capacityBytes || packet.IsEmpty)
        {
            return;
        }

        if (_bytes is null)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(capacityBytes);
            _entries = new Entry[Entries];
        }

        var position = (int)(_written % capacityBytes);
        if (position + packet.Length > capacityBytes)
        {
            _written += capacityBytes - position;
            position = 0;
        }

        packet.CopyTo(_bytes.AsSpan(position));
        _entries[sequence & (Entries - 1)] = new Entry(sequence, _written, packet.Length);
        _written += packet.Length;
    }

    public bool TryFind(long sequence, out ReadOnlySpan<byte> packet)
    {
        var entry = _bytes is null ? default : _entries[sequence & (Entries - 1)];
        if (entry.Length == 0 || entry.Sequence != sequence || _written - entry.Position > capacityBytes)
        {
            packet = default;
            return false;
        }

        packet = _bytes.AsSpan((int)(entry.Position % capacityBytes), entry.Length);
        return true;
    }

    public void Clear() => Array.Clear(_entries);

    private readonly record struct Entry(long Sequence, long Position, int Length);
}
