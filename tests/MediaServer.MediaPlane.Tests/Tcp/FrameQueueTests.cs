using System.Buffers.Binary;
using MediaServer.MediaPlane.Native;
using MediaServer.MediaPlane.Sockets.Tcp;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests.Tcp;

public sealed unsafe class FrameQueueTests
{
    private static readonly MonotonicTime Now = MonotonicTime.FromMilliseconds(1000);

    /// <summary>Whatever the kernel takes and whatever is dropped in between: the stream is whole frames in order, only whole ones are missing.</summary>
    [Fact]
    public void The_stream_is_whole_frames_wherever_it_is_cut_and_dropped()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            using var pool = new ChunkPool();
            var queue = new FrameQueue(pool);
            var wire = new List<byte>();
            var next = 0;
            var committed = 0;
            var dropped = 0;
            for (var step = 0; step < 60; step++)
            {
                switch (random.Next(8))
                {
                    case < 4:
                        for (var i = random.Next(1, 12); i > 0; i--)
                        {
                            Write(queue, next++, random.Next(8, 1500));
                            committed++;
                        }

                        break;
                    case < 7:
                        Take(queue, random.Next(0, queue.Bytes + 1), wire);
                        break;
                    default:
                        dropped += queue.DropWaiting();
                        break;
                }

                Assert.Equal(queue.Bytes, Peek(queue, queue.Cut).Count + queue.Cut);
            }

            Take(queue, queue.Bytes, wire);
            var numbers = Numbers(wire);
            Assert.Equal(committed - dropped, numbers.Count);
            Assert.Equal(numbers.Order(), numbers);
            Assert.Equal((0, 0, 0), (queue.Bytes, queue.Count, queue.Cut));
            queue.Clear();
            Assert.Equal(0, pool.InUse);
        }
    }

    [Fact]
    public void Dropping_leaves_the_rest_of_a_datagram_that_has_begun()
    {
        using var pool = new ChunkPool();
        var queue = new FrameQueue(pool);
        for (var i = 0; i < 40; i++)
        {
            Write(queue, i, 1200);
        }

        var wire = new List<byte>();
        Take(queue, 1202 + 700, wire);
        Assert.Equal(502, queue.Cut);
        Assert.Equal(38, queue.DropWaiting());
        Assert.Equal((502, 1), (queue.Bytes, queue.Count));
        Assert.Equal(1, pool.InUse);
        Take(queue, queue.Bytes, wire);
        Assert.Equal([0, 1], Numbers(wire));
        Assert.Equal(0, pool.InUse);
    }

    [Fact]
    public void A_reservation_can_be_given_back()
    {
        using var pool = new ChunkPool();
        var queue = new FrameQueue(pool);
        Assert.False(queue.Reserve(1000, Now).IsEmpty);
        Assert.False(queue.Reserve(1000, Now.AddMilliseconds(500)).IsEmpty);
        Assert.Equal((0, 0L), (queue.Bytes, queue.AgeAt(Now.AddMilliseconds(900))));
        queue.Commit(10);
        Assert.Equal(400_000, queue.AgeAt(Now.AddMilliseconds(900)));
        queue.Clear();
        Assert.Equal(0, pool.InUse);
    }

    [Fact]
    public void There_is_no_room_when_the_pool_is_empty_or_the_datagram_too_long()
    {
        using var pool = new ChunkPool(capacity: 1);
        var queue = new FrameQueue(pool);
        var other = new FrameQueue(pool);
        Assert.True(queue.Reserve(Chunk.Size, Now).IsEmpty);
        Assert.False(queue.Reserve(Chunk.Size - 2, Now).IsEmpty);
        Assert.True(other.Reserve(1, Now).IsEmpty);
        queue.Clear();
        Assert.False(other.Reserve(1, Now).IsEmpty);
        other.Clear();
    }

    private static void Write(FrameQueue queue, int number, int length)
    {
        var buffer = queue.Reserve(length + 100, Now);
        buffer[..length].Fill((byte)number);
        BinaryPrimitives.WriteInt32BigEndian(buffer, number);
        queue.Commit(length);
    }

    /// <summary>What a kernel would be given, without the first <paramref name="skip"/> bytes.</summary>
    private static List<byte> Peek(FrameQueue queue, int skip)
    {
        var vectors = stackalloc IoVector[200];
        nuint total = 0;
        var count = queue.Describe(vectors, 200, skip, ref total);
        var bytes = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            bytes.AddRange(new ReadOnlySpan<byte>(vectors[i].Base, (int)vectors[i].Length));
        }

        Assert.Equal((int)total, bytes.Count);
        return bytes;
    }

    private static void Take(FrameQueue queue, int bytes, List<byte> wire)
    {
        wire.AddRange(Peek(queue, 0).Take(bytes));
        queue.Consume(bytes);
    }

    private static List<int> Numbers(List<byte> wire)
    {
        var bytes = wire.ToArray().AsSpan();
        var numbers = new List<int>();
        while (bytes.Length > 0)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            var frame = bytes.Slice(2, length);
            numbers.Add(BinaryPrimitives.ReadInt32BigEndian(frame));
            Assert.False(frame[4..].ContainsAnyExcept((byte)numbers[^1]));
            bytes = bytes[(2 + length)..];
        }

        return numbers;
    }
}
