using MediaServer.Forwarding.Commands;
using MediaServer.MediaPlane.Native;
using MediaServer.MediaPlane.Shards;

namespace MediaServer.MediaPlane.Tests;

public sealed class ShardMailboxTests
{
    private const int Threads = 4;
    private const int PerThread = 20_000;

    [Fact]
    public void Commands_of_many_threads_all_arrive_each_threads_in_its_order()
    {
        using var mailbox = new ShardMailbox();
        var posting = Enumerable.Range(0, Threads).Select(thread => Start(() =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                mailbox.Post(Command(thread, i));
            }
        })).ToArray();

        var next = new int[Threads];
        for (var received = 0; received < Threads * PerThread;)
        {
            Wait(mailbox);
            while (mailbox.TryTake(out var command))
            {
                var value = ((CloseTransport)command!).Transport.Value;
                var thread = (int)(value / PerThread);
                Assert.Equal(next[thread]++, (int)(value % PerThread));
                received++;
            }
        }

        Array.ForEach(posting, thread => thread.Join());
        Assert.All(next, count => Assert.Equal(PerThread, count));
        Assert.Equal(0, mailbox.Depth);
        Assert.False(mailbox.TryTake(out _));
    }

    /// <summary>A command that is posted while the shard looks must wake it again, or it would wait until something else does.</summary>
    [Fact]
    public void No_wake_up_is_lost()
    {
        using var mailbox = new ShardMailbox();
        var taken = 0;
        var posting = Start(() =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                mailbox.Post(Command(0, i));
                while (Volatile.Read(ref taken) < i)
                {
                    Thread.Yield();
                }
            }
        });
        while (taken < PerThread)
        {
            Assert.True(Wait(mailbox) || !IsStuck(mailbox), $"command {taken} waits and nothing wakes the shard");
            while (mailbox.TryTake(out _))
            {
                Volatile.Write(ref taken, taken + 1);
            }
        }

        posting.Join();
    }

    [Fact]
    public void Depth_shows_what_waits()
    {
        using var mailbox = new ShardMailbox();
        mailbox.Post(Command(0, 1));
        mailbox.Post(Command(0, 2));
        Assert.Equal(2, mailbox.Depth);
        Assert.True(mailbox.TryTake(out _));
        Assert.Equal(1, mailbox.Depth);
    }

    [Fact]
    public void Posting_to_a_closed_mailbox_harms_nobody()
    {
        var mailbox = new ShardMailbox();
        mailbox.Dispose();
        mailbox.Post(Command(0, 1));
        mailbox.Wake();
        mailbox.Dispose();
    }

    private static CloseTransport Command(int thread, int number) => new(new TransportId(((long)thread * PerThread) + number));

    /// <summary>What a shard does between two turns. False when nothing woke it for a second.</summary>
    private static unsafe bool Wait(ShardMailbox mailbox, int seconds = 1)
    {
        var poll = new PollDescriptor { Descriptor = mailbox.Descriptor, Events = LibC.Pollin };
        var timeout = new Timespec { Seconds = seconds };
        if (LibC.ppoll(&poll, 1, &timeout, null) <= 0)
        {
            return false;
        }

        mailbox.Acknowledge();
        return true;
    }

    /// <summary>Something waits and its signal does not come; the posting thread had time to run in between.</summary>
    private static bool IsStuck(ShardMailbox mailbox)
    {
        for (var i = 0; i < 20; i++)
        {
            Thread.Sleep(50);
            if (mailbox.Depth == 0 || Wait(mailbox, seconds: 0))
            {
                return false;
            }
        }

        return true;
    }

    private static Thread Start(Action action)
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
