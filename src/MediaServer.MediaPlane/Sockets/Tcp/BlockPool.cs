using System.Buffers;

namespace MediaServer.MediaPlane.Sockets.Tcp;

/// <summary>
/// The receive buffers of a shard's connections. A connection holds one only while a part of a frame waits for its rest. The shared pool of the
/// runtime would do, but it lets go of its arrays when a collection feels like it, and then allocates in the midst of a call.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    public const int BlockSize = 16 * 1024;

    private const int MaxKept = 256;
    private readonly Stack<Block> _free = new();

    public override int MaxBufferSize => BlockSize;

    public int InUse { get; private set; }

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        InUse++;
        return _free.TryPop(out var block) ? block : new Block(this);
    }

    protected override void Dispose(bool disposing) => _free.Clear();

    private void Return(Block block)
    {
        InUse--;
        if (_free.Count < MaxKept)
        {
            _free.Push(block);
        }
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

        /// <summary>Back into the pool, not the end.</summary>
        public void Dispose() => pool.Return(this);
    }
}
