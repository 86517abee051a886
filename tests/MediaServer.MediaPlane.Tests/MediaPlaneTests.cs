using System.Net;
using MediaServer.Forwarding.Commands;
using MediaServer.MediaPlane.Tests.Harness;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests;

/// <summary>Shards as the rest of the process sees them: real threads, real sockets on loopback.</summary>
public sealed class MediaPlaneTests
{
    [Fact]
    public void A_shard_receives_routes_and_sends_on_its_own_thread()
    {
        using var running = new RunningPlane();
        using var peer = new Peer();
        running.AssertEchoes(peer);
        Assert.Equal("media shard 0", running.Router.ThreadName);
        using var other = new Peer(ipv6: true);
        other.Send(new IPEndPoint(IPAddress.IPv6Loopback, running.Options.BasePort), 9);
        Assert.Equal([9], other.Receive());
    }

    [Fact]
    public void Shards_have_contiguous_ports_and_share_nothing()
    {
        using var running = new RunningPlane(shards: 3);
        using var peer = new Peer();
        for (var shard = 0; shard < 3; shard++)
        {
            running.AssertEchoes(peer, shard);
            running.Plane.Post(shard, new CloseTransport(new TransportId(shard)));
            Assert.Equal($"media shard {shard}", running.Routers[shard].ThreadName);
            Assert.All(running.Plane.CandidatesOf(shard), c => Assert.Equal(running.Options.BasePort + shard, c.Port));
        }

        Soon.True(() => Enumerable.Range(0, 3).All(s => Applied(running, s).SequenceEqual([(long)s])), "each shard applied its own command");
        Assert.Equal(3, running.Plane.ShardCount);
    }

    [Fact]
    public void Commands_are_applied_in_order_and_events_come_out()
    {
        using var running = new RunningPlane();
        for (var i = 1; i <= 1000; i++)
        {
            running.Plane.Post(0, new CloseTransport(new TransportId(i)));
        }

        Soon.True(() => Applied(running).Count == 1000, "all commands were applied");
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), Applied(running));
        for (var i = 1; i <= 1000; i++)
        {
            Assert.True(running.Plane.Events.TryRead(out var mediaEvent));
            Assert.Equal(new TransportId(i), Assert.IsType<TransportClosed>(mediaEvent).Transport);
        }
    }

    [Fact]
    public void Timers_fire_without_any_traffic()
    {
        using var running = new RunningPlane();
        running.Router.SetDeadline(MonotonicClock.Now.AddMilliseconds(30));
        running.Plane.Post(0, new CloseTransport(new TransportId(1)));
        Soon.True(() => running.Router.Timeouts == 1, "the timer fired");
        Assert.Equal(MonotonicTime.Never, running.Router.NextDeadline);
    }

    [Fact]
    public void A_bug_is_counted_and_the_shard_goes_on()
    {
        using var running = new RunningPlane();
        using var peer = new Peer();
        peer.Send(running.EndPoint(), TestRouter.Throw);
        running.AssertEchoes(peer);
        peer.Send(running.EndPoint(), TestRouter.ThrowWhileReserving, 1, 2);
        running.AssertEchoes(peer);
        running.Plane.Post(0, new CloseTransport(new TransportId(TestRouter.BadTransport)));
        running.Plane.Post(0, new CloseTransport(new TransportId(7)));
        Soon.True(() => Applied(running).Contains(7), "the command behind the bad one was applied");
        Assert.Equal(3, running.Plane.Bugs);
        Assert.Equal(["a bug on a datagram", "a bug with an open reservation", "a bug in a command"], running.Bugs.Select(b => b.Message));
        Assert.True(peer.HasNothing, "nothing of the open reservation went out");
    }

    [Fact]
    public void A_timer_that_always_fails_neither_spins_nor_stops_the_shard()
    {
        using var running = new RunningPlane();
        using var peer = new Peer();
        running.Router.TimersThrow = true;
        running.Router.SetDeadline(MonotonicClock.Now);
        running.AssertEchoes(peer);
        Soon.True(() => running.Plane.Bugs >= 3, "the timer is tried again");
        var (bugs, before) = (running.Plane.Bugs, MonotonicClock.Now);
        Thread.Sleep(200);
        var most = ((MonotonicClock.Now - before) / 10_000) + 2;
        Assert.InRange(running.Plane.Bugs - bugs, 1, most);
        running.AssertEchoes(peer);
    }

    [Fact]
    public void A_reporter_of_bugs_that_fails_itself_does_not_stop_the_shard()
    {
        using var running = new RunningPlane(onBug: _ => throw new InvalidOperationException("the log is full"));
        using var peer = new Peer();
        peer.Send(running.EndPoint(), TestRouter.Throw);
        running.AssertEchoes(peer);
        Assert.Equal(1, running.Plane.Bugs);
    }

    [Fact]
    public void Stopping_ends_the_threads_and_frees_the_ports()
    {
        var running = new RunningPlane(shards: 2);
        using var peer = new Peer();
        running.AssertEchoes(peer, shard: 1);
        running.Dispose();
        running.Plane.Post(0, new CloseTransport(new TransportId(1)));
        Assert.True(running.Plane.Events.Completion.IsCompleted);
        using var again = Open(running.Options);
        again.Start();
    }

    [Fact]
    public void A_plane_that_was_never_started_can_be_disposed_of()
    {
        var options = new MediaPlaneOptions { BasePort = Ports.Free(), Shards = 1 };
        Open(options).Dispose();
        Open(options).Dispose();
    }

    [Fact]
    public void A_port_in_use_is_named_together_with_the_setting()
    {
        var port = Ports.Free(2);
        using var taken = Open(new MediaPlaneOptions { BasePort = port + 1, Shards = 1 });
        var error = Assert.Throws<InvalidOperationException>(() => Open(new MediaPlaneOptions { BasePort = port, Shards = 2 }));
        Assert.Contains($"{port + 1}", error.Message, StringComparison.Ordinal);
        Assert.Contains("MediaServer:Media:BasePort", error.Message, StringComparison.Ordinal);

        // The first shard's port was given back.
        Open(new MediaPlaneOptions { BasePort = port, Shards = 1 }).Dispose();
    }

    [Fact]
    public void A_router_that_cannot_be_made_leaves_no_port_open()
    {
        var options = new MediaPlaneOptions { BasePort = Ports.Free(2), Shards = 2 };
        Assert.Throws<NotSupportedException>(() => new MediaPlane(options, new DtlsFingerprint("sha-256", "AA"), (shard, egress, events) => shard == 1 ? throw new NotSupportedException() : new TestRouter(egress, events), _ => { }));
        Open(options).Dispose();
    }

    private static MediaPlane Open(MediaPlaneOptions options) =>
        new(options, new DtlsFingerprint("sha-256", "AA"), (_, egress, events) => new TestRouter(egress, events), _ => { });

    private static List<long> Applied(RunningPlane running, int shard = 0)
    {
        lock (running.Routers[shard].Applied)
        {
            return [.. running.Routers[shard].Applied];
        }
    }
}
