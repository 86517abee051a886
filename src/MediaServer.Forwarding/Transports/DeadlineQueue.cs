using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Transports;

/// <summary>A binary heap of transports by their next deadline. Each transport knows its place, so that a deadline moves without a search.</summary>
internal sealed class DeadlineQueue
{
    private readonly List<PeerTransport> _heap = [];

    public MonotonicTime Next => _heap.Count == 0 ? MonotonicTime.Never : _heap[0].Deadline;

    /// <summary>The transport whose deadline has come, null when none has.</summary>
    public PeerTransport? PeekDue(MonotonicTime now) => _heap.Count > 0 && _heap[0].Deadline <= now ? _heap[0] : null;

    /// <summary>Adds the transport or moves it to <paramref name="deadline"/>.</summary>
    public void Set(PeerTransport transport, MonotonicTime deadline)
    {
        transport.Deadline = deadline;
        if (transport.DeadlineIndex < 0)
        {
            transport.DeadlineIndex = _heap.Count;
            _heap.Add(transport);
        }

        if (!MoveUp(transport.DeadlineIndex))
        {
            MoveDown(transport.DeadlineIndex);
        }
    }

    public void Remove(PeerTransport transport)
    {
        var index = transport.DeadlineIndex;
        if (index < 0)
        {
            return;
        }

        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        transport.DeadlineIndex = -1;
        if (last != transport)
        {
            Place(last, index);
            if (!MoveUp(index))
            {
                MoveDown(index);
            }
        }
    }

    private bool MoveUp(int index)
    {
        var moved = false;
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_heap[parent].Deadline <= _heap[index].Deadline)
            {
                break;
            }

            Swap(parent, index);
            index = parent;
            moved = true;
        }

        return moved;
    }

    private void MoveDown(int index)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= _heap.Count)
            {
                return;
            }

            if (child + 1 < _heap.Count && _heap[child + 1].Deadline < _heap[child].Deadline)
            {
                child++;
            }

            if (_heap[index].Deadline <= _heap[child].Deadline)
            {
                return;
            }

            Swap(index, child);
            index = child;
        }
    }

    private void Swap(int a, int b)
    {
        var first = _heap[a];
        Place(_heap[b], a);
        Place(first, b);
    }

    private void Place(PeerTransport transport, int index)
    {
        _heap[index] = transport;
        transport.DeadlineIndex = index;
    }
}
