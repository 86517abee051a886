using MediaServer.Forwarding.Tests.Harness;

namespace MediaServer.Forwarding.Tests.Relays;

/// <summary>A relayed packet costs no allocation, neither where it leaves nor where it arrives.</summary>
public class RelayAllocationTests
{
    private const int Warmup = 300;
    private const int Measured = 2000;

    [Fact]
    public void RelayingAllocatesNothing()
    {
        var routers = new JoinedRouters(2);
        var publisher = routers[0].Join(1);
        var subscribers = Enumerable.Range(2, 10).Select(i => routers[1].Join(i)).ToList();
        subscribers.ForEach(s => routers.Show(s, publisher));
        publisher.Camera.KeyFrame();
        publisher.SendAudio(1, 960);
        routers.Advance(300);

        var rounds = new List<byte[][]>();
        for (var i = 0; i < Warmup + Measured; i++)
        {
            rounds.Add(
            [
                .. publisher.Camera.Build(packets: 3, size: 1100).Select(publisher.Protect),
                publisher.BuildAudio((ushort)(i + 2), (uint)(i + 2) * 960, 30),
            ]);
        }

        var egress = routers[1].Egress;
        egress.CountOnly = true;
        Run(0, Warmup);
        var sent = egress.Count;
        var relayed = routers.Link(0, 1).Packets;
        var allocated = Run(Warmup, Measured);

        Assert.Equal(4 * Measured, routers.Link(0, 1).Packets - relayed);
        Assert.True(egress.Count - sent >= 40 * Measured, "packets must really have been forwarded");
        Assert.Equal(0, allocated);

        // What packets allocate; the timers in between have their own tests.
        long Run(int first, int count)
        {
            var sum = 0L;
            for (var i = first; i < first + count; i++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                foreach (var datagram in rounds[i])
                {
                    routers[0].Router.OnDatagram(publisher.Address, datagram, routers[0].Now);
                }

                routers.Link(0, 1).Deliver();
                sum += GC.GetAllocatedBytesForCurrentThread() - before;
                routers.Advance(33);
                Keep(publisher, subscribers, i);
            }

            return sum;
        }
    }

    /// <summary>Consent, which expires after 30 s.</summary>
    private static void Keep(TestPeer publisher, List<TestPeer> subscribers, int round)
    {
        if (round % 300 == 0)
        {
            publisher.Check();
            subscribers.ForEach(s => s.Check());
        }
    }
}
