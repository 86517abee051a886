using System.Runtime.InteropServices;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets.Tcp;

/// <summary>A piece of an outgoing stream: frames back to back, none across the end.</summary>
internal sealed unsafe class Chunk(byte* data)
{
    public const int Size = 16 * 1024;

    public byte* Data { get; } = data;

    /// <summary>What lies before has been sent.</summary>
    public int Start { get; set; }

    public int End { get; set; }

    /// <summary>When it was begun: nothing in it has waited longer.</summary>
    public MonotonicTime Since { get; set; }

    public Chunk? Next { get; set; }

    public int Room => Size - End;
}

/// <summary>
/// The chunks of all connections of a shard. A connection holds some only between writing and sending, so what is kept here is what a turn
/// needs; what slow peers have left lying goes back to the system.
/// </summary>
internal sealed unsafe class ChunkPool(int capacity = ChunkPool.DefaultCapacity) : IDisposable
{
    /// <summary>256 MiB: 2000 peers that have all stopped reading hold less (see <see cref="TcpOutbox"/>).</summary>
    public const int DefaultCapacity = 16 * 1024;

    private const int MaxKept = 1024;
    private readonly Stack<Chunk> _free = new();

    public int InUse { get; private set; }

    /// <summary>Null when all are in use.</summary>
    public Chunk? Rent(MonotonicTime now)
    {
        if (InUse == capacity)
        {
            return null;
        }

        InUse++;
        if (!_free.TryPop(out var chunk))
        {
            chunk = new Chunk((byte*)NativeMemory.Alloc(Chunk.Size));
        }

        chunk.Start = 0;
        chunk.End = 0;
        chunk.Since = now;
        chunk.Next = null;
        return chunk;
    }

    public void Return(Chunk chunk)
    {
        InUse--;
        if (_free.Count < MaxKept)
        {
            _free.Push(chunk);
        }
        else
        {
            NativeMemory.Free(chunk.Data);
        }
    }

    /// <summary>After all connections have returned theirs.</summary>
    public void Dispose()
    {
        while (_free.TryPop(out var chunk))
        {
            NativeMemory.Free(chunk.Data);
        }
    }
}
