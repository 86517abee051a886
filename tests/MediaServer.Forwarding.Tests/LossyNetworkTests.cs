using System.Buffers.Binary;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Forwarding.Tests;

/// <summary>A call over a bad network (seeded, virtual time): loss and reordering on both sides, repaired by NACK and RTX alone.</summary>
public class LossyNetworkTests
{
    private const int Seconds = 20;
    private const int FramesPerSecond = 30;
    private const int PacketsPerFrame = 4;

    private readonly RouterHarness _harness = new();
    private readonly PriorityQueue<Action, (long, int)> _network = new();
    private readonly Dictionary<ushort, byte[]> _published = [];
    private readonly HashSet<ushort> _received = [];
    private readonly Dictionary<uint, HashSet<ushort>> _frames = [];
    private readonly Dictionary<ushort, long> _askedAt = [];
    private int _order;
    private ushort _rtxSequence = 1;
    private ushort? _highest;

    [Theory]
    [InlineData(1, 0.05, 0.02)]
    [InlineData(2, 0.05, 0.02)]
    [InlineData(3, 0.10, 0.05)]
    [InlineData(4, 0.0, 0.3)]
    public void NearlyEveryFrameArrivesComplete(int seed, double loss, double reordering)
    {
        var random = new Random(seed);
        var publisher = _harness.Join(1);
        var subscriber = _harness.Join(2);
        var deaf = _harness.Join(3);
        _harness.Show(subscriber, publisher);
        _harness.Show(deaf, publisher);
        publisher.Camera.KeyFrame();
        _harness.Egress.Take(publisher.Address);
        subscriber.ReceiveVideo();

        for (var millisecond = 0; millisecond < Seconds * 1000; millisecond++)
        {
            if (millisecond % 10_000 == 0)
            {
                publisher.Check();
                subscriber.Check();
                deaf.Check();
            }

            if (millisecond * FramesPerSecond / 1000 != (millisecond + 1) * FramesPerSecond / 1000)
            {
                foreach (var packet in publisher.Camera.Build(packets: PacketsPerFrame))
                {
                    _published[BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2))] = packet;
                    Transmit(random, loss, reordering, () => publisher.SendRtp(packet));
                }
            }

            Step();
            _harness.Egress.Take(deaf.Address);
            foreach (var sequence in publisher.TakeNacks(publisher.Camera.Ssrc))
            {
                if (_published.TryGetValue(sequence, out var packet))
                {
                    var repair = publisher.Camera.Retransmission(packet, 1003, _rtxSequence++);
                    Transmit(random, loss, reordering, () => publisher.SendRtp(repair));
                }
            }

            foreach (var packet in subscriber.Receive().Where(p => p.Ssrc == subscriber.SlotSsrc() || p.Ssrc == subscriber.SlotRtxSsrc()))
            {
                Transmit(random, loss, reordering, () => Arrive(packet, subscriber.SlotRtxSsrc()));
            }

            if (millisecond % 20 == 0)
            {
                foreach (var missing in Missing())
                {
                    Transmit(random, loss, 0, () => subscriber.SendRtcp((ref RtcpWriter w) => w.AddNack(1, subscriber.SlotSsrc(), [missing])));
                }
            }
        }

        // The last moments may still be on their way.
        var last = _frames.Keys.Max(t => (int)(t - _frames.Keys.First()));
        var due = _frames.Where(f => (int)(f.Key - _frames.Keys.First()) < last - 90_000).ToList();
        var complete = due.Count(f => f.Value.Count == PacketsPerFrame);
        Assert.True(due.Count >= (Seconds - 3) * FramesPerSecond, $"{due.Count} frames");
        Assert.True(complete >= due.Count * 0.99, $"{complete} of {due.Count} frames complete");
    }

    /// <summary>20 ms each way on each side: 80 ms round trip from end to end.</summary>
    private void Transmit(Random random, double loss, double reordering, Action deliver)
    {
        if (random.NextDouble() < loss)
        {
            return;
        }

        var delay = 20 + (random.NextDouble() < reordering ? random.Next(1, 30) : 0);
        _network.Enqueue(deliver, (_harness.Now.Milliseconds + delay, _order++));
    }

    private void Step()
    {
        _harness.Advance(1);
        while (_network.TryPeek(out var deliver, out var at) && at.Item1 <= _harness.Now.Milliseconds)
        {
            _network.Dequeue();
            deliver();
        }
    }

    private void Arrive(Received packet, uint rtxSsrc)
    {
        var sequence = packet.Ssrc == rtxSsrc ? BinaryPrimitives.ReadUInt16BigEndian(packet.Payload) : packet.Sequence;
        if (_highest is null || SerialNumber.IsNewer(sequence, _highest.Value))
        {
            for (var missing = (ushort)((_highest ?? sequence) + 1); _highest is not null && missing != sequence; missing++)
            {
                _askedAt[missing] = 0;
            }

            _highest = sequence;
        }

        _askedAt.Remove(sequence);
        _received.Add(sequence);
        if (!_frames.TryGetValue(packet.Timestamp, out var frame))
        {
            _frames[packet.Timestamp] = frame = [];
        }

        frame.Add(sequence);
    }

    private List<ushort> Missing()
    {
        var now = _harness.Now.Milliseconds;
        var due = _askedAt.Where(m => now - m.Value >= 60).Select(m => m.Key).ToList();
        foreach (var sequence in due)
        {
            _askedAt[sequence] = now;
        }

        return due;
    }
}
