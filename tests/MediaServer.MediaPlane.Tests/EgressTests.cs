using System.Net;
using MediaServer.MediaPlane.Native;
using MediaServer.MediaPlane.Sockets;
using MediaServer.MediaPlane.Tests.Harness;

namespace MediaServer.MediaPlane.Tests;

/// <summary>What is queued arrives: intact, in order for each destination, with and without UDP segmentation offload.</summary>
public sealed class EgressTests
{
    public static TheoryData<bool, bool> FamiliesAndOffload => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(FamiliesAndOffload))]
    public void A_frame_of_equal_packets_with_a_shorter_last_arrives_intact(bool ipv6, bool offload)
    {
        using var egress = new Egress(offload);
        using var peer = new Peer(ipv6);
        int[] lengths = [1200, 1200, 1200, 1200, 317];
        egress.Queue(peer, lengths);
        egress.Flush();
        Assert.Equal(Egress.Expected(peer, lengths), peer.Receive(lengths.Length));
        Assert.Equal((5, 5117L, 0L), (egress.Sender.DatagramsSent, egress.Sender.BytesSent, egress.Sender.DatagramsDropped));
        Assert.Equal(1, egress.Sender.SystemCalls);
    }

    [Theory]
    [MemberData(nameof(FamiliesAndOffload))]
    public void Mixed_sizes_stay_in_order(bool ipv6, bool offload)
    {
        using var egress = new Egress(offload);
        using var peer = new Peer(ipv6);
        int[] lengths = [100, 1200, 1200, 40, 40, 1200, 1, 1, 1, 900, 901, 900, 899, 899, 1472, 12];
        egress.Queue(peer, lengths);
        egress.Flush();
        Assert.Equal(Egress.Expected(peer, lengths), peer.Receive(lengths.Length));
        Assert.True(peer.HasNothing);
    }

    [Theory]
    [MemberData(nameof(FamiliesAndOffload))]
    public void More_than_one_message_may_hold_stays_in_order(bool ipv6, bool offload)
    {
        using var egress = new Egress(offload);
        using var peer = new Peer(ipv6);
        var lengths = Enumerable.Repeat(60, 200).Concat(Enumerable.Repeat(1200, 130)).ToArray();
        egress.Queue(peer, lengths);
        egress.Flush();
        Assert.Equal(Egress.Expected(peer, lengths), peer.Receive(lengths.Length));
        Assert.Equal(0, egress.Sender.DatagramsDropped);
        Assert.Equal(1, egress.Sender.SystemCalls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Interleaved_destinations_each_get_theirs_in_order(bool offload)
    {
        using var egress = new Egress(offload);
        var peers = Enumerable.Range(0, 8).Select(i => new Peer(ipv6: i % 2 == 1)).ToArray();
        int[] lengths = [1200, 1200, 300, 80, 1200, 1200];
        foreach (var length in lengths)
        {
            foreach (var peer in peers)
            {
                egress.Queue(peer, [length]);
            }
        }

        egress.Flush();
        foreach (var peer in peers)
        {
            Assert.Equal(Egress.Expected(peer, lengths), peer.Receive(lengths.Length));
            peer.Dispose();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packets_of_a_frame_leave_as_one_message(bool ipv6)
    {
        using var egress = new Egress(offload: true);
        using var peer = new Peer(ipv6).CoalesceSegments();
        egress.Queue(peer, [1000, 1000, 1000, 400]);
        egress.Flush();
        Assert.Equal(3400, peer.Receive().Length);
        Assert.True(egress.Sender.CanSegment);
    }

    [Fact]
    public void A_full_queue_flushes_itself()
    {
        using var egress = new Egress(offload: true);
        using var peer = new Peer();
        var lengths = Enumerable.Repeat(50, EgressQueue.Capacity + 1).ToArray();
        egress.Queue(peer, lengths);
        Assert.Equal(1, egress.Pending);
        Assert.Equal(Egress.Expected(peer, lengths)[..EgressQueue.Capacity], peer.Receive(EgressQueue.Capacity));
        egress.Flush();
        Assert.Single(peer.Receive(1));
    }

    [Fact]
    public void A_reservation_can_be_given_back_shortened_or_repeated()
    {
        using var egress = new Egress(offload: true);
        using var peer = new Peer();
        var queue = egress.Queued;
        Assert.True(queue.Reserve(peer.Address, 1500).Length >= 1500);
        queue.Commit(0);
        queue.Reserve(peer.Address, 1500)[0] = 1;
        queue.Reserve(peer.Address, 1500)[0] = 2;
        queue.Commit(1);
        queue.Reserve(peer.Address, 10);
        queue.Commit(11);
        Assert.Equal(1, queue.Count);
        Assert.True(queue.Reserve(peer.Address, 100_000_000).IsEmpty, "nothing has that much room");
        queue.Commit(5);
        queue.Flush();
        Assert.Equal([2], peer.Receive());
        Assert.True(peer.HasNothing);
    }

    [Fact]
    public void An_unreachable_destination_is_counted_and_holds_up_nobody()
    {
        using var egress = new Egress(offload: true, listen: IPAddress.Loopback);
        using var peer = new Peer();
        egress.Queue(peer, [100]);
        egress.QueueTo(Protocol.Primitives.TransportAddress.From(new IPEndPoint(IPAddress.Parse("240.0.0.1"), 9)), [100, 100]);
        egress.Queue(peer, [200]);
        egress.Flush();
        Assert.Equal([100, 200], peer.Receive(2).Select(d => d.Length));
        Assert.Equal((2L, 2L), (egress.Sender.DatagramsSent, egress.Sender.DatagramsDropped));
    }

    [Fact]
    public void A_kernel_that_refuses_offload_gets_the_packets_one_by_one()
    {
        using var egress = new Egress(offload: true);
        egress.SetOption(LibC.SolSocket, SoNoCheck, 1); // Without checksums there is no segmentation: EINVAL.
        using var peer = new Peer();
        int[] lengths = [1200, 1200, 300];
        egress.Queue(peer, lengths);
        egress.Flush();
        Assert.Equal(Egress.Expected(peer, lengths), peer.Receive(lengths.Length));
        Assert.False(egress.Sender.CanSegment);
        Assert.Equal((3L, 2700L, 0L), (egress.Sender.DatagramsSent, egress.Sender.BytesSent, egress.Sender.DatagramsDropped));

        egress.Queue(peer, lengths);
        egress.Flush();
        Assert.Equal(6, Egress.Expected(peer, lengths).Concat(peer.Receive(lengths.Length)).Count());
        Assert.Equal(1 + 3 + 1, egress.Sender.SystemCalls);
    }

    [Fact]
    public void Packets_beyond_one_paths_MTU_do_not_end_offload_for_everybody()
    {
        using var egress = new Egress(offload: true);
        egress.SetOption(LibC.IpprotoIpv6, Ipv6Mtu, 1280);
        using var narrow = new Peer(ipv6: true);
        using var other = new Peer(ipv6: true).CoalesceSegments();
        int[] lengths = [1400, 1400, 1400, 20];
        egress.Queue(narrow, lengths);
        egress.Queue(other, [900, 900]);
        egress.Flush();
        Assert.Equal(Egress.Expected(narrow, lengths), narrow.Receive(lengths.Length));
        Assert.Equal(1800, other.Receive().Length);
        Assert.True(egress.Sender.CanSegment);
        Assert.Equal(0, egress.Sender.DatagramsDropped);

        egress.Queue(narrow, [100, 100]);
        egress.Queue(narrow, lengths);
        egress.Flush();
        Assert.Equal([100, 100, 1400, 1400, 1400, 20], narrow.Receive(6).Select(d => d.Length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sending_allocates_nothing(bool offload)
    {
        using var egress = new Egress(offload);
        using var peer = new Peer();
        var address = peer.Address;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 500; i++)
            {
                egress.Queued.Reserve(address, 1200)[0] = 1;
                egress.Queued.Commit(i % 5 == 4 ? 300 : 1200);
            }

            egress.Flush();
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(round == 0 || allocated == 0, $"{allocated} bytes");
        }
    }

    private const int SoNoCheck = 11;
    private const int Ipv6Mtu = 24;
}
