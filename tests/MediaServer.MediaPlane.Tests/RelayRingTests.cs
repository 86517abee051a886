using System.Buffers.Binary;
using MediaServer.MediaPlane.Shards;

namespace MediaServer.MediaPlane.Tests;

public sealed class RelayRingTests
{
    private const int Capacity = 4096;

    [Fact]
    public void Records_come_out_whole_and_in_order_through_many_turns_of_the_buffer()
    {
        var ring = new RelayRing(Capacity);
        var random = new Random(1);
        var written = new Queue<byte[]>();
        for (var turn = 0; turn < 5000; turn++)
        {
            while (random.Next(4) > 0)
            {
                var record = new byte[random.Next(1, 1500)];
                random.NextBytes(record);
                var room = ring.Reserve(record.Length, droppable: false);
                if (room.IsEmpty)
                {
                    break;
                }

                record.CopyTo(room);
                ring.Commit(record.Length);
                written.Enqueue(record);
            }

            ring.Publish();
            var limit = ring.Observe();
            for (var i = random.Next(5); i > 0 && ring.TryRead(limit, out var record); i--)
            {
                Assert.Equal(written.Dequeue(), record.ToArray());
            }

            ring.Release();
        }

        while (ring.TryRead(ring.Observe(), out var record))
        {
            Assert.Equal(written.Dequeue(), record.ToArray());
        }

        Assert.Empty(written);
    }

    [Fact]
    public void Nothing_is_seen_before_it_is_published()
    {
        var ring = new RelayRing(Capacity);
        Write(ring, 10);
        Assert.False(ring.TryRead(ring.Observe(), out _));
        ring.Publish();
        Assert.True(ring.TryRead(ring.Observe(), out var record));
        Assert.Equal(10, record.Length);
    }

    [Fact]
    public void A_reservation_that_is_not_committed_is_void()
    {
        var ring = new RelayRing(Capacity);
        ring.Reserve(100, droppable: false);
        Write(ring, 7);
        ring.Publish();
        Assert.True(ring.TryRead(ring.Observe(), out var record));
        Assert.Equal(7, record.Length);
        Assert.False(ring.TryRead(ring.Observe(), out _));
    }

    [Fact]
    public void A_void_reservation_at_the_end_of_the_buffer_does_not_block_the_ring()
    {
        var ring = new RelayRing(Capacity);
        for (var i = 0; i < 100; i++)
        {
            Write(ring, 1200);
            ring.Reserve(1200, droppable: false);
            ring.Publish();
            while (ring.TryRead(ring.Observe(), out _))
            {
            }

            ring.Release();
        }
    }

    [Fact]
    public void Full_is_earlier_for_what_may_be_dropped_and_room_comes_back_with_reading()
    {
        var ring = new RelayRing(Capacity);
        var droppable = 0;
        while (!ring.Reserve(100, droppable: true).IsEmpty)
        {
            ring.Commit(100);
            droppable++;
        }

        var others = 0;
        while (!ring.Reserve(100, droppable: false).IsEmpty)
        {
            ring.Commit(100);
            others++;
        }

        Assert.Equal(Capacity / 4 * 3 / 104, droppable);
        Assert.Equal((Capacity / 104) - droppable, others);
        ring.Publish();
        Assert.True(ring.TryRead(ring.Observe(), out _));
        Assert.True(ring.Reserve(100, droppable: false).IsEmpty);
        ring.Release();
        Assert.False(ring.Reserve(100, droppable: false).IsEmpty);
    }

    [Fact]
    public void A_record_larger_than_the_ring_finds_no_room() =>
        Assert.True(new RelayRing(Capacity).Reserve(Capacity, droppable: false).IsEmpty);

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    [InlineData(2048)]
    public void A_capacity_that_does_not_fit_is_refused(int capacity) => Assert.Throws<ArgumentException>(() => new RelayRing(capacity));

    [Fact]
    public void Two_threads_lose_and_damage_nothing()
    {
        const int Records = 100_000;
        var ring = new RelayRing(1 << 16);
        var writer = new Thread(() =>
        {
            var random = new Random(2);
            for (var number = 0; number < Records; number++)
            {
                var length = 8 + random.Next(400);
                Span<byte> room;
                while ((room = ring.Reserve(length, droppable: false)).IsEmpty)
                {
                    ring.Publish();
                    Thread.Yield();
                }

                room.Fill((byte)number);
                BinaryPrimitives.WriteInt32LittleEndian(room, number);
                BinaryPrimitives.WriteInt32LittleEndian(room[4..], length);
                ring.Commit(length);
                if (number % 7 == 0)
                {
                    ring.Publish();
                }
            }

            ring.Publish();
        });
        writer.Start();
        var expected = 0;
        while (expected < Records)
        {
            var limit = ring.Observe();
            while (ring.TryRead(limit, out var record))
            {
                if (BinaryPrimitives.ReadInt32LittleEndian(record) != expected
                    || BinaryPrimitives.ReadInt32LittleEndian(record[4..]) != record.Length
                    || record[8..].IndexOfAnyExcept((byte)expected) >= 0)
                {
                    Assert.Fail($"record {expected} is damaged");
                }

                expected++;
            }

            ring.Release();
            Thread.Yield();
        }

        writer.Join();
    }

    private static void Write(RelayRing ring, int length)
    {
        Assert.False(ring.Reserve(length, droppable: false).IsEmpty);
        ring.Commit(length);
    }
}
