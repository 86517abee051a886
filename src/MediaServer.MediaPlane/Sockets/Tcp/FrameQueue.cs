using System.Buffers.Binary;
using MediaServer.MediaPlane.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets.Tcp;

/// <summary>Framed datagrams of one traffic class that wait for one connection, in chunks. Knows where a datagram was cut by the kernel.</summary>
internal sealed unsafe class FrameQueue(ChunkPool pool)
{
    private Chunk? _head;
    private Chunk? _tail;

    /// <summary>Bytes with their prefixes.</summary>
    public int Bytes { get; private set; }

    public int Count { get; private set; }

    /// <summary>Bytes of the first datagram that are still to be sent when some of it were sent already; nothing else may come before them.</summary>
    public int Cut { get; private set; }

    /// <summary>How long the first chunk has been waiting, in microseconds.</summary>
    public long AgeAt(MonotonicTime now) => Bytes == 0 ? 0 : now - _head!.Since;

    /// <summary>Room for a datagram; empty when there is none.</summary>
    public Span<byte> Reserve(int maxLength, MonotonicTime now)
    {
        var needed = Rfc4571Framing.PrefixLength + maxLength;
        if (needed > Chunk.Size || maxLength > ushort.MaxValue)
        {
            return default;
        }

        if (_tail is null || _tail.Room < needed)
        {
            if (pool.Rent(now) is not { } chunk)
            {
                return default;
            }

            _head ??= chunk;
            if (_tail is not null)
            {
                _tail.Next = chunk;
            }

            _tail = chunk;
        }
        else if (Bytes == 0)
        {
            // Given back before: it begins to wait now.
            _tail.Since = now;
        }

        return new Span<byte>(_tail.Data + _tail.End + Rfc4571Framing.PrefixLength, maxLength);
    }

    /// <summary>Appends what was written into the reservation.</summary>
    public void Commit(int length)
    {
        var chunk = _tail!;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(chunk.Data + chunk.End, Rfc4571Framing.PrefixLength), (ushort)length);
        chunk.End += Rfc4571Framing.PrefixLength + length;
        Bytes += Rfc4571Framing.PrefixLength + length;
        Count++;
    }

    /// <summary>Lists what waits, leaving out the first <paramref name="skip"/> bytes, which lie in the first chunk. Returns how many vectors were used.</summary>
    public int Describe(IoVector* vectors, int capacity, int skip, ref nuint total)
    {
        var count = 0;
        for (var chunk = _head; chunk is not null && count < capacity; chunk = chunk.Next)
        {
            var length = chunk.End - chunk.Start - skip;
            if (length > 0)
            {
                vectors[count++] = new IoVector { Base = chunk.Data + chunk.Start + skip, Length = (nuint)length };
                total += (nuint)length;
            }

            skip = 0;
        }

        return count;
    }

    /// <summary>The kernel took the first <paramref name="bytes"/>, at most all.</summary>
    public void Consume(int bytes)
    {
        Bytes -= bytes;
        while (bytes > 0)
        {
            var chunk = _head!;
            if (Cut == 0)
            {
                Cut = Rfc4571Framing.PrefixLength + BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(chunk.Data + chunk.Start, Rfc4571Framing.PrefixLength));
            }

            var taken = Math.Min(bytes, Cut);
            bytes -= taken;
            Cut -= taken;
            chunk.Start += taken;
            if (Cut == 0)
            {
                Count--;
            }

            if (chunk.Start == chunk.End)
            {
                RemoveHead();
            }
        }
    }

    /// <summary>Drops all but the rest of a datagram that the peer has begun to get. Returns how many.</summary>
    public int DropWaiting()
    {
        var dropped = Count - (Cut > 0 ? 1 : 0);
        if (Cut > 0)
        {
            _head!.End = _head.Start + Cut;
            while (_head.Next is { } next)
            {
                _head.Next = next.Next;
                pool.Return(next);
            }

            _tail = _head;
            Bytes = Cut;
            Count = 1;
        }
        else
        {
            Clear();
        }

        return dropped;
    }

    /// <summary>Gives everything back.</summary>
    public void Clear()
    {
        while (_head is not null)
        {
            RemoveHead();
        }

        Bytes = 0;
        Count = 0;
        Cut = 0;
    }

    private void RemoveHead()
    {
        var chunk = _head!;
        _head = chunk.Next;
        if (_head is null)
        {
            _tail = null;
        }

        pool.Return(chunk);
    }
}
