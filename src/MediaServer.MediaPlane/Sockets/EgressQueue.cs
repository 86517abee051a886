using System.Runtime.InteropServices;
using MediaServer.MediaPlane.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets;

/// <summary>
/// Outgoing datagrams in one native buffer until <see cref="Flush"/>, which groups them by destination so that UDP segmentation offload
/// (UDP_SEGMENT) sends a frame's packets to one peer as one message. Order per destination is kept. One thread uses it; nothing is allocated.
/// </summary>
internal sealed unsafe class EgressQueue : IEgress, IDisposable
{
    /// <summary>Datagrams between two flushes.</summary>
    public const int Capacity = 1024;

    /// <summary>What the kernel takes per message: UDP_MAX_SEGMENTS is 64 at least.</summary>
    public const int MaxSegments = 64;

    private const int MaxMessageBytes = 65_000;
    private const int BufferBytes = Capacity * 1500;
    private const int None = -1;
    private readonly DatagramSender _sender;
    private readonly byte* _buffer;
    private readonly TransportAddress[] _destinations = new TransportAddress[Capacity];
    private readonly int[] _offsets = new int[Capacity];
    private readonly int[] _lengths = new int[Capacity];
    private readonly int[] _next = new int[Capacity];
    private readonly Group[] _groups = new Group[Capacity];
    private readonly Dictionary<TransportAddress, int> _open = new(Capacity);
    private int _count;
    private int _used;
    private int _reserved = None;
    private bool _disposed;

    public EgressQueue(DatagramSender sender)
    {
        _sender = sender;
        _buffer = (byte*)NativeMemory.Alloc(BufferBytes);
    }

    /// <summary>Datagrams that wait for the next flush.</summary>
    public int Count => _count;

    public Span<byte> Reserve(in TransportAddress destination, int maxLength)
    {
        if (_count == Capacity || _used + maxLength > BufferBytes)
        {
            Flush();
        }

        if (maxLength > BufferBytes)
        {
            return default;
        }

        _reserved = maxLength;
        _destinations[_count] = destination;
        return new Span<byte>(_buffer + _used, maxLength);
    }

    public void Commit(int length)
    {
        if (length > 0 && length <= _reserved)
        {
            _offsets[_count] = _used;
            _lengths[_count] = length;
            _count++;
            _used += length;
        }

        _reserved = None;
    }

    /// <summary>Hands everything to the kernel.</summary>
    public void Flush()
    {
        if (_count == 0)
        {
            return;
        }

        var groups = GroupByDestination();
        for (var i = 0; i < groups; i++)
        {
            ref var group = ref _groups[i];
            _sender.Begin(_destinations[group.First], _lengths[group.First]);
            for (var index = group.First; index != None; index = _next[index])
            {
                _sender.Add(_buffer + _offsets[index], _lengths[index]);
            }
        }

        _sender.Send();
        _count = 0;
        _used = 0;
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            NativeMemory.Free(_buffer);
        }
    }

    /// <summary>A message holds segments of one size; only its last may be shorter (udp(7), UDP_SEGMENT).</summary>
    private int GroupByDestination()
    {
        _open.Clear();
        var groups = 0;
        for (var i = 0; i < _count; i++)
        {
            _next[i] = None;
            if (_sender.CanSegment && TryFindGroup(i, groups, out var open) && TryAppend(ref _groups[open], i))
            {
                continue;
            }

            _groups[groups] = new Group { First = i, Last = i, Segments = 1, Bytes = _lengths[i] };
            _open[_destinations[i]] = groups++;
        }

        return groups;
    }

    /// <summary>The latest group of the datagram's destination; mostly the one before, for a frame's packets come in a row.</summary>
    private bool TryFindGroup(int index, int groups, out int group)
    {
        group = groups - 1;
        return (group >= 0 && _destinations[_groups[group].First] == _destinations[index]) || _open.TryGetValue(_destinations[index], out group);
    }

    private bool TryAppend(ref Group group, int index)
    {
        var size = _lengths[group.First];
        var length = _lengths[index];
        if (group.Closed || length > size || group.Segments == MaxSegments || group.Bytes + length > MaxMessageBytes)
        {
            return false;
        }

        _next[group.Last] = index;
        group.Last = index;
        group.Segments++;
        group.Bytes += length;
        group.Closed = length < size;
        return true;
    }

    private struct Group
    {
        public int First;
        public int Last;
        public int Segments;
        public int Bytes;
        public bool Closed;
    }
}
