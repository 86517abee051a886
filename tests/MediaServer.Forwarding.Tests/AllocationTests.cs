using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Tests;

/// <summary>Runs alone: a collection that another test causes would show up in the figures.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public class AllocationCollection;

/// <summary>The hot path allocates nothing: measured, not promised.</summary>
[Collection(nameof(AllocationTests))]
public class AllocationTests
{
    private const int Warmup = 300;
    private const int Measured = 2000;

    /// <summary>The runtime itself allocates now and then when it replaces a method by a faster version; what each packet allocates shows in every run.</summary>
    private const int Runs = 2;

    [Fact]
    public void ForwardingAllocatesNothing()
    {
        var harness = new RouterHarness();
        var publisher = harness.Join(1);
        var subscribers = Enumerable.Range(2, 10).Select(i => harness.Join(i)).ToList();
        foreach (var subscriber in subscribers)
        {
            harness.Show(subscriber, publisher);
        }

        publisher.Camera.KeyFrame();
        publisher.SendAudio(1, 960);
        harness.Advance(300);

        // Video to ten slots, audio to ten slots, losses repaired by RTX, NACKs of a subscriber answered.
        var nacked = subscribers[0].ReceiveVideo().Single().Sequence;
        var rounds = new List<byte[][]>();
        for (var i = 0; i < Warmup + (Runs * Measured); i++)
        {
            publisher.Camera.TransportSequence = (byte)i;
            var frame = publisher.Camera.Build(packets: 3, size: 1100);
            rounds.Add(
            [
                publisher.Protect(frame[0]),
                publisher.Protect(frame[2]),
                publisher.Protect(publisher.Camera.Retransmission(frame[1], 1003, (ushort)(i + 1))),
                Audio(publisher, (ushort)(i + 2)),
            ]);
        }

        var nacks = Enumerable.Range(0, Warmup + (Runs * Measured)).Select(i => Nack(subscribers[0], (ushort)(nacked + (3 * i)))).ToList();
        harness.Egress.CountOnly = true;
        Run(0, Warmup);
        var fewest = long.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var sent = harness.Egress.Count;
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(Warmup + (run * Measured), Measured);
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(harness.Egress.Count - sent > Measured * 40, "packets must really have been forwarded");
        }

        Assert.Equal(0, fewest);

        void Run(int first, int count)
        {
            for (var i = first; i < first + count; i++)
            {
                var now = harness.Now.AddMilliseconds(i * 33);
                foreach (var datagram in rounds[i])
                {
                    harness.Router.OnDatagram(publisher.Address, datagram, now);
                }

                harness.Router.OnDatagram(subscribers[0].Address, nacks[i], now);
            }
        }
    }

    private static byte[] Nack(TestPeer peer, ushort sequence)
    {
        var buffer = new byte[100];
        var writer = new RtcpWriter(buffer);
        writer.AddNack(1, peer.SlotSsrc(), [sequence]);
        return peer.ProtectRtcp(buffer, writer.Length);
    }

    private static byte[] Audio(TestPeer peer, ushort sequence) => peer.BuildAudio(sequence, sequence * 960u, 30);
}
