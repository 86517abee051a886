using System.Buffers.Binary;
using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Relays;
using MediaServer.MediaPlane.Shards;

namespace MediaServer.MediaPlane.Tests;

/// <summary>The links between shards as their threads use them.</summary>
public sealed class RelayPortsTests : IDisposable
{
    private const int RingBytes = 1 << 16;
    private readonly ShardMailbox[] _mailboxes = [new(), new(), new()];
    private readonly RelayPorts[] _ports;

    public RelayPortsTests() => _ports = RelayPorts.Join(_mailboxes, RingBytes);

    public void Dispose()
    {
        foreach (var mailbox in _mailboxes)
        {
            mailbox.Dispose();
        }
    }

    [Fact]
    public void Records_and_messages_reach_the_shard_that_they_are_for()
    {
        Write(_ports[0].To(2), 7);
        _ports[0].To(2).Post(new RoomPresence(0, new RoomId(1), true));
        _ports[0].Flush();
        Assert.Equal([(0, 7)], Read(2));
        Assert.Empty(Read(1));
        Assert.True(_mailboxes[2].TryTake(out var message));
        Assert.Equal(new RoomPresence(0, new RoomId(1), true), message);
        Assert.Equal(1, _ports[0].LinkTo(2)!.Records);
        Assert.Equal(8, _ports[0].LinkTo(2)!.Bytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ports[1].To(1));
    }

    [Fact]
    public void Without_a_flush_nothing_is_seen()
    {
        Write(_ports[0].To(1), 7);
        Assert.Empty(Read(1));
        _ports[0].Flush();
        Assert.Equal([(0, 7)], Read(1));
    }

    [Fact]
    public void A_turn_reads_a_bounded_number_and_says_that_there_is_more()
    {
        for (var i = 0; i < 200; i++)
        {
            Write(_ports[0].To(1), i);
        }

        _ports[0].Flush();
        var first = Read(1);
        Assert.InRange(first.Count, 1, 199);
        Assert.True(_ports[1].HasMore);
        Assert.Equal(Enumerable.Range(0, 200), first.Concat(Read(1)).Select(r => r.Value));
        Assert.False(_ports[1].HasMore);
    }

    [Fact]
    public void What_finds_no_room_is_counted()
    {
        var link = _ports[0].LinkTo(1)!;
        while (!link.Reserve(1000, droppable: true).IsEmpty)
        {
            link.Commit();
        }

        Assert.Equal(1, link.Refused);
        Assert.InRange(link.Bytes, RingBytes / 2, RingBytes * 3 / 4);
    }

    [Fact]
    public void A_message_that_was_posted_before_a_record_is_there_before_it_on_real_threads()
    {
        const int Rounds = 10_000;
        var link = _ports[0].To(1);
        var writer = new Thread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                link.Post(new RelayEnded(0, i, false));
                while (link.Reserve(8, droppable: false) is var room)
                {
                    if (!room.IsEmpty)
                    {
                        BinaryPrimitives.WriteInt32LittleEndian(room, i);
                        link.Commit();
                        break;
                    }

                    _ports[0].Flush();
                    Thread.Yield();
                }

                _ports[0].Flush();
            }
        });
        writer.Start();
        var reader = new Recorder();
        var posted = -1;
        while (reader.Values.Count < Rounds)
        {
            // As MediaShard does it: observe, take the messages, read.
            _ports[1].Observe();
            while (_mailboxes[1].TryTake(out var message))
            {
                posted = ((RelayEnded)message!).Key;
            }

            _ports[1].Read(reader);
            if (reader.Values.Count > 0 && reader.Values[^1].Value > posted)
            {
                Assert.Fail($"record {reader.Values[^1].Value} came before its message; the last message was {posted}");
            }

            Thread.Yield();
        }

        writer.Join();
        Assert.Equal(Enumerable.Range(0, Rounds), reader.Values.Select(r => r.Value));
    }

    private static void Write(IRelayLink link, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(link.Reserve(8, droppable: false), value);
        link.Commit();
    }

    private List<(int From, int Value)> Read(int shard)
    {
        var recorder = new Recorder();
        _ports[shard].Observe();
        _ports[shard].Read(recorder);
        return recorder.Values;
    }

    private sealed class Recorder : IRelayReceiver
    {
        public List<(int From, int Value)> Values { get; } = [];

        public void OnRelayRecord(int from, ReadOnlySpan<byte> record) => Values.Add((from, BinaryPrimitives.ReadInt32LittleEndian(record)));
    }
}
