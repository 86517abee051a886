using MediaServer.Forwarding.Relays;

namespace MediaServer.MediaPlane.Shards;

/// <summary>
/// The way from one shard to one other: messages through the other's mailbox, records through a ring that is made with the first record.
/// The sending shard's thread writes; the receiving one's reads.
/// </summary>
internal sealed class RelayLink(ShardMailbox target, int ringBytes) : IRelayLink
{
    private RelayRing? _ring;
    private int _reserved;
    private bool _isDirty;
    private long _records;
    private long _bytes;
    private long _refused;
    private long _limit;

    /// <summary>Records that were handed over, and their bytes.</summary>
    public long Records => Volatile.Read(ref _records);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Records for which there was no room.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public Span<byte> Reserve(int length, bool droppable)
    {
        if (_ring is null)
        {
            Volatile.Write(ref _ring, new RelayRing(ringBytes));
        }

        var buffer = _ring!.Reserve(length, droppable);
        if (buffer.IsEmpty)
        {
            Volatile.Write(ref _refused, _refused + 1);
        }

        _reserved = length;
        return buffer;
    }

    public void Commit()
    {
        _ring!.Commit(_reserved);
        _isDirty = true;
        Volatile.Write(ref _records, _records + 1);
        Volatile.Write(ref _bytes, _bytes + _reserved);
    }

    public void Post(RelayMessage message) => target.Post(message);

    /// <summary>Sender: lets the receiver see what was written, and wakes it; once per flush, not once per packet.</summary>
    public void Flush()
    {
        if (_isDirty)
        {
            _isDirty = false;
            _ring!.Publish();
            target.Wake();
        }
    }

    /// <summary>
    /// Receiver, before it takes its messages: what has been written by now. Any message that was posted before such a record is in the
    /// mailbox already, so it is applied first.
    /// </summary>
    public void Observe() => _limit = Volatile.Read(ref _ring)?.Observe() ?? 0;

    /// <summary>Receiver: reads at most <paramref name="max"/> of the observed records. True when there are more.</summary>
    public bool Read(IRelayReceiver receiver, int from, int max)
    {
        if (_ring is not { } ring)
        {
            return false;
        }

        var read = 0;
        while (read < max && ring.TryRead(_limit, out var record))
        {
            receiver.OnRelayRecord(from, record);
            read++;
        }

        ring.Release();
        return read == max;
    }
}

/// <summary>Takes the records of a link; the bytes are the link's again on return.</summary>
internal interface IRelayReceiver
{
    void OnRelayRecord(int from, ReadOnlySpan<byte> record);
}
