using System.Buffers.Binary;
using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>
/// A browser behind a <see cref="BottleneckLink"/>: reports arrivals (transport-wide feedback), repairs by NACK and RTX, decodes each slot's
/// frames in order, and asks for a key frame when it is stuck.
/// </summary>
internal sealed class SimulatedViewer(RouterHarness harness, TestPeer peer, BottleneckLink link)
{
    private readonly TwccReceiver _arrivals = new();
    private readonly Queue<(long At, byte[] Datagram)> _uplink = new();
    private readonly Dictionary<uint, SimulatedDecoder> _decoders = [];
    private long _feedbackAt;
    private long _reportAt;
    private int _windowBytes;

    public TestPeer Peer => peer;

    public BottleneckLink Link => link;

    /// <summary>0 sends no transport-wide feedback.</summary>
    public int FeedbackIntervalMs { get; init; } = 100;

    /// <summary>Bits per second that REMB says each second, 0 none.</summary>
    public ulong Remb { get; set; }

    public int UplinkDelayMs { get; init; } = 25;

    /// <summary>Share of the uplink's RTCP that is lost.</summary>
    public double UplinkLoss { get; init; }

    private readonly Random _random = new(99);

    public long PaddingBytes { get; private set; }

    public SimulatedDecoder Slot(int index) => _decoders.TryGetValue(peer.SlotSsrc(index), out var decoder) ? decoder : _decoders[peer.SlotSsrc(index)] = new SimulatedDecoder();

    /// <summary>Bits per second that arrived since the last call, IP headers included.</summary>
    public long TakeBitrate(int milliseconds)
    {
        var bits = _windowBytes * 8000L / milliseconds;
        _windowBytes = 0;
        return bits;
    }

    /// <summary>To be called each millisecond, after the router.</summary>
    public void Step()
    {
        var now = harness.Now.Microseconds;
        foreach (var datagram in harness.Egress.Take(peer.Address))
        {
            link.Send(datagram, now);
        }

        while (link.TryReceive(now, out var datagram, out var arrivedAt))
        {
            _windowBytes += datagram.Length + 28;
            if (peer.OpenRtp(datagram) is { } packet)
            {
                OnRtp(packet, arrivedAt);
            }
        }

        SendFeedback(now);
        while (_uplink.TryPeek(out var next) && next.At <= now)
        {
            peer.Send(_uplink.Dequeue().Datagram);
        }
    }

    private void OnRtp(Received packet, long arrivedAt)
    {
        if (packet.Extension(peer.Shape.Extensions.TransportSequenceNumber) is { } number)
        {
            _arrivals.OnPacket(BinaryPrimitives.ReadUInt16BigEndian(number), new MonotonicTime(arrivedAt));
        }

        if (packet.Header.PayloadLength == 0)
        {
            PaddingBytes += packet.Bytes.Length;
            return;
        }

        var index = (int)(packet.Ssrc % 100);
        if (packet.Ssrc == peer.SlotSsrc(index))
        {
            Slot(index).OnPacket(packet.Sequence, packet.Timestamp, packet.Header.Marker, packet.Payload, arrivedAt);
        }
        else if (packet.Ssrc == peer.SlotRtxSsrc(index))
        {
            Slot(index).OnPacket(BinaryPrimitives.ReadUInt16BigEndian(packet.Payload), packet.Timestamp, packet.Header.Marker, packet.Payload[2..], arrivedAt);
        }
    }

    private void SendFeedback(long now)
    {
        if (FeedbackIntervalMs > 0 && now >= _feedbackAt)
        {
            _feedbackAt = now + (FeedbackIntervalMs * 1000L);
            Uplink(now, (ref RtcpWriter w) => _arrivals.TryWriteFeedback(ref w, 1, peer.SlotSsrc()));
        }

        if (Remb > 0 && now >= _reportAt)
        {
            _reportAt = now + 1_000_000;
            Uplink(now, (ref RtcpWriter w) => w.AddRemb(1, Remb, [peer.SlotSsrc()]));
        }

        foreach (var (ssrc, decoder) in _decoders)
        {
            if (decoder.TakeNacks(now) is { Count: > 0 } missing)
            {
                Uplink(now, (ref RtcpWriter w) => w.AddNack(1, ssrc, [.. missing.Take(100)]));
            }

            if (decoder.WantsKeyFrame(now))
            {
                Uplink(now, (ref RtcpWriter w) => w.AddPli(1, ssrc));
            }
        }
    }

    private void Uplink(long now, WriteRtcp write)
    {
        var buffer = new byte[1500];
        var writer = new RtcpWriter(buffer);
        write(ref writer);
        if (writer.Length > 0 && _random.NextDouble() >= UplinkLoss)
        {
            _uplink.Enqueue((now + (UplinkDelayMs * 1000L), peer.ProtectRtcp(buffer, writer.Length)));
        }
    }
}
