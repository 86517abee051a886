using System.Runtime.InteropServices;
using MediaServer.MediaPlane.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets.Tcp;

internal enum WriteResult
{
    /// <summary>Nothing waits any more.</summary>
    Done,

    /// <summary>The kernel takes no more now.</summary>
    Blocked,

    /// <summary>The connection is broken.</summary>
    Failed,
}

/// <summary>
/// What waits for one connection: control first, then audio, then video. Bounded in bytes and age. What is too much or too old of audio makes
/// room for newer; of video it ends the picture: all of it is dropped, and none is taken until everything has gone out.
/// </summary>
internal sealed unsafe class TcpOutbox(ChunkPool pool)
{
    public const int MaxControlBytes = 64 * 1024;
    public const int MaxAudioBytes = 32 * 1024;
    public const int MaxVideoBytes = 256 * 1024;

    /// <summary>Microseconds. Older speech only makes the talk lag behind.</summary>
    public const long MaxAudioAge = 1_000_000;

    public const long MaxVideoAge = 300_000;
    private const int MaxVectors = 32;
    private const int Classes = (int)TrafficClass.Video + 1;

    private readonly FrameQueue[] _queues = [new(pool), new(pool), new(pool)];
    private readonly long[] _dropped = new long[Classes];
    private TrafficClass _reserved;

    /// <summary>Takes no video until it is empty.</summary>
    public bool IsCongested { get; private set; }

    public bool IsEmpty => Bytes == 0;

    public int Bytes => _queues[0].Bytes + _queues[1].Bytes + _queues[2].Bytes;

    /// <summary>Takes how many datagrams of a class were dropped since the last call.</summary>
    public long TakeDropped(TrafficClass traffic)
    {
        var dropped = _dropped[(int)traffic];
        _dropped[(int)traffic] = 0;
        return dropped;
    }

    /// <summary>Empty when the class is full. <see cref="IsCongested"/> may have become true.</summary>
    public Span<byte> Reserve(int maxLength, TrafficClass traffic, MonotonicTime now)
    {
        var queue = _queues[(int)traffic];
        var buffer = MayTake(queue, maxLength + Rfc4571Framing.PrefixLength, traffic, now) ? queue.Reserve(maxLength, now) : default;
        if (buffer.IsEmpty)
        {
            _dropped[(int)traffic]++;
        }

        _reserved = traffic;
        return buffer;
    }

    public void Commit(int length) => _queues[(int)_reserved].Commit(length);

    /// <summary>Hands over what the kernel takes without waiting; adds it to <paramref name="bytes"/> and <paramref name="datagrams"/>.</summary>
    public WriteResult Write(int descriptor, ref long bytes, ref long datagrams)
    {
        var vectors = stackalloc IoVector[MaxVectors];
        while (!IsEmpty)
        {
            // A datagram that the kernel cut must be finished before anything else.
            var cut = FindCut();
            nuint total = 0;
            var count = Describe(vectors, cut, ref total);
            var header = new MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
            var sent = LibC.sendmsg(descriptor, &header, LibC.MsgDontwait | LibC.MsgNosignal);
            if (sent < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == LibC.Eintr)
                {
                    continue;
                }

                return error is LibC.Eagain or LibC.Enobufs ? WriteResult.Blocked : WriteResult.Failed;
            }

            bytes += sent;
            datagrams += Consume((int)sent, cut);
            if ((nuint)sent < total)
            {
                return WriteResult.Blocked;
            }
        }

        IsCongested = false;
        return WriteResult.Done;
    }

    public void Clear()
    {
        foreach (var queue in _queues)
        {
            queue.Clear();
        }

        IsCongested = false;
    }

    private bool MayTake(FrameQueue queue, int bytes, TrafficClass traffic, MonotonicTime now)
    {
        switch (traffic)
        {
            case TrafficClass.Control:
                return queue.Bytes + bytes <= MaxControlBytes;

            case TrafficClass.Audio:
                if (queue.Bytes + bytes > MaxAudioBytes || queue.AgeAt(now) > MaxAudioAge)
                {
                    _dropped[(int)TrafficClass.Audio] += queue.DropWaiting();
                }

                return true;

            default:
                if (!IsCongested && (queue.Bytes + bytes > MaxVideoBytes || queue.AgeAt(now) > MaxVideoAge))
                {
                    IsCongested = true;
                    _dropped[(int)TrafficClass.Video] += queue.DropWaiting();
                }

                return !IsCongested;
        }
    }

    private FrameQueue? FindCut()
    {
        foreach (var queue in _queues)
        {
            if (queue.Cut > 0)
            {
                return queue;
            }
        }

        return null;
    }

    private int Describe(IoVector* vectors, FrameQueue? cut, ref nuint total)
    {
        var count = 0;
        if (cut is not null)
        {
            nuint whole = 0;
            cut.Describe(vectors, 1, 0, ref whole);
            vectors[0].Length = (nuint)cut.Cut;
            total = (nuint)cut.Cut;
            count = 1;
        }

        foreach (var queue in _queues)
        {
            count += queue.Describe(vectors + count, MaxVectors - count, queue == cut ? queue.Cut : 0, ref total);
        }

        return count;
    }

    /// <summary>Returns how many datagrams are complete now.</summary>
    private int Consume(int bytes, FrameQueue? cut)
    {
        var before = _queues[0].Count + _queues[1].Count + _queues[2].Count;
        if (cut is not null)
        {
            var rest = Math.Min(bytes, cut.Cut);
            cut.Consume(rest);
            bytes -= rest;
        }

        foreach (var queue in _queues)
        {
            var taken = Math.Min(bytes, queue.Bytes);
            queue.Consume(taken);
            bytes -= taken;
        }

        return before - (_queues[0].Count + _queues[1].Count + _queues[2].Count);
    }
}
