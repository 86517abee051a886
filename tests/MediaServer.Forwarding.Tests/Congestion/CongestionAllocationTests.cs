using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Tests.Congestion;

/// <summary>Estimating, allocating, pacing and probing allocate nothing on the managed heap once they run.</summary>
public class CongestionAllocationTests
{
    private const int Rounds = 400;
    private const int Warmup = 100;

    [Fact]
    public void CongestionControlAllocatesNothingPerPacket()
    {
        var harness = new RouterHarness(new MediaRouterOptions());
        var publisher = harness.Join(1);
        var subscribers = Enumerable.Range(2, 5).Select(i => harness.Join(i)).ToList();
        subscribers.ForEach(s => harness.Show(s, publisher));
        publisher.Camera.KeyFrame();
        harness.Advance(100);

        harness.Egress.CountOnly = true;
        var receivers = subscribers.ToDictionary(s => s, _ => new Receiver());
        Run(0, Warmup);
        var (paced, feedback, sent) = (harness.Router.Congestion.PacedPackets, harness.Router.Congestion.FeedbackReceived, harness.Egress.Count);
        var allocated = Run(Warmup, Rounds - Warmup);

        Assert.True(harness.Router.Congestion.PacedPackets > paced, "packets must really have waited");
        Assert.Equal(feedback + ((Rounds - Warmup) * subscribers.Count), harness.Router.Congestion.FeedbackReceived);
        Assert.True(harness.Egress.Count > sent + ((Rounds - Warmup) * subscribers.Count * 4), "packets must really have been forwarded");
        Assert.Equal(0, allocated);

        // Only what the router does is measured: packets in (one frame in thirty is large enough to be paced), timers without events, feedback in.
        long Run(int first, int count)
        {
            long total = 0;
            for (var i = first; i < first + count; i++)
            {
                var frame = publisher.Camera.Build(packets: i % 30 == 0 ? 40 : 4, size: 1000).Select(publisher.Protect).ToArray();
                var before = GC.GetAllocatedBytesForCurrentThread();
                foreach (var datagram in frame)
                {
                    harness.Router.OnDatagram(publisher.Address, datagram, harness.Now);
                }

                total += GC.GetAllocatedBytesForCurrentThread() - before;
                harness.Events.Clear();
                before = GC.GetAllocatedBytesForCurrentThread();
                harness.Advance(33);
                var spent = GC.GetAllocatedBytesForCurrentThread() - before;
                total += harness.Events.Count == 0 ? spent : 0;
                foreach (var (subscriber, receiver) in receivers)
                {
                    var report = receiver.Report(harness, subscriber);
                    before = GC.GetAllocatedBytesForCurrentThread();
                    harness.Router.OnDatagram(subscriber.Address, report, harness.Now);
                    total += GC.GetAllocatedBytesForCurrentThread() - before;
                }
            }

            return total;
        }
    }

    /// <summary>Acknowledges everything that was numbered since the last report, as having come through a link of about 8 Mbit/s.</summary>
    private sealed class Receiver
    {
        private readonly TwccReceiver _receiver = new();
        private long _acknowledged;
        private MonotonicTime _freeAt;

        public byte[] Report(RouterHarness harness, TestPeer subscriber)
        {
            var estimator = harness.Router.DownlinkOf(subscriber.Id)!.Estimator!;
            while (_acknowledged < estimator.PacketsSent)
            {
                _freeAt = (_freeAt > harness.Now ? _freeAt : harness.Now).AddMicroseconds(1000);
                _receiver.OnPacket((ushort)++_acknowledged, _freeAt);
            }

            var buffer = new byte[1000];
            var writer = new RtcpWriter(buffer);
            Assert.True(_receiver.TryWriteFeedback(ref writer, 1, subscriber.SlotSsrc()));
            return subscriber.ProtectRtcp(buffer, writer.Length);
        }
    }
}
