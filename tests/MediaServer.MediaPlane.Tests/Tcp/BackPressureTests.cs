using System.Buffers.Binary;
using MediaServer.MediaPlane.Sockets.Tcp;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests.Tcp;

/// <summary>A peer that stops reading loses its video, keeps what is urgent as long as there is room, and costs the others nothing.</summary>
public sealed class BackPressureTests
{
    private const byte Audio = 1;
    private const byte Video = 2;
    private const byte Control = 3;
    private readonly Dictionary<byte, int> _sent = [];

    [Fact]
    public void A_peer_that_stops_reading_loses_video_and_gets_it_back_when_it_has_read_all()
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join(receiveBuffer: 16 * 1024);
        FillUntilCongested(port, address);
        Assert.Equal([(address, true)], port.BackPressure);
        Assert.True(port.Port.Counters.VideoDropped > 100, $"{port.Port.Counters.VideoDropped} dropped");

        for (var i = 0; i < 50; i++)
        {
            Assert.False(Send(port, address, Video, 1200, TrafficClass.Video));
            Assert.True(Send(port, address, Audio, 120, TrafficClass.Audio));
            Assert.True(Send(port, address, Control, 60, TrafficClass.Control));
            port.Turn();
        }

        Assert.Single(port.BackPressure);
        var received = ReadAll(port, peer, () => port.BackPressure.Count == 2);
        Assert.Equal((address, false), port.BackPressure[1]);
        Assert.Equal(Enumerable.Range(0, 50), received[Audio]);
        Assert.Equal(Enumerable.Range(0, 50), received[Control]);
        Assert.Equal(received[Video].Order(), received[Video]);
        Assert.InRange(received[Video].Count, 1, _sent[Video] - 100);

        Assert.True(Send(port, address, Video, 1200, TrafficClass.Video));
        port.Turn();
        Assert.Equal(Video, peer.Receive()[0]);
        peer.Dispose();
    }

    [Fact]
    public void Video_that_has_waited_for_300_ms_is_old()
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join(receiveBuffer: 16 * 1024);
        while (port.Port.Counters.VideoDropped == 0 && Backlog(port, address) == 0)
        {
            Assert.True(Send(port, address, Video, 1200, TrafficClass.Video));
            port.Turn();
        }

        port.Now = port.Now.AddMilliseconds(299);
        Assert.True(Send(port, address, Video, 1200, TrafficClass.Video));
        port.Now = port.Now.AddMilliseconds(2);
        Assert.False(Send(port, address, Video, 1200, TrafficClass.Video));
        port.Turn();
        Assert.Equal([(address, true)], port.BackPressure);
        peer.Dispose();
    }

    [Fact]
    public void Old_speech_makes_room_for_new_and_control_is_bounded()
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join(receiveBuffer: 16 * 1024);
        FillUntilCongested(port, address);
        for (var i = 0; i < 2000; i++)
        {
            Assert.True(Send(port, address, Audio, 120, TrafficClass.Audio));
        }

        var refused = Enumerable.Range(0, 2000).Count(_ => !Send(port, address, Control, 60, TrafficClass.Control));
        port.Turn();
        Assert.True(Backlog(port, address) <= TcpOutbox.MaxControlBytes + TcpOutbox.MaxAudioBytes + 1500, $"{Backlog(port, address)}");
        Assert.True(refused > 0);
        Assert.Equal(refused, port.Port.Counters.ControlDropped);
        Assert.True(port.Port.Counters.AudioDropped > 1000);

        var received = ReadAll(port, peer, () => port.BackPressure.Count == 2);
        Assert.Equal(1999, received[Audio][^1]);
        Assert.Equal(2000 - refused, received[Control].Count);
        peer.Dispose();
    }

    [Fact]
    public void Speech_that_has_waited_for_a_second_is_not_sent_any_more()
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join(receiveBuffer: 16 * 1024);
        FillUntilCongested(port, address);
        Send(port, address, Audio, 120, TrafficClass.Audio);
        Send(port, address, Audio, 120, TrafficClass.Audio);
        port.Now = port.Now.AddMilliseconds(1001);
        Send(port, address, Audio, 120, TrafficClass.Audio);
        var received = ReadAll(port, peer, () => port.BackPressure.Count == 2);
        Assert.Equal([2], received[Audio]);
        peer.Dispose();
    }

    [Fact]
    public void A_stalled_reader_holds_up_nobody_else()
    {
        using var port = new PortUnderTest();
        var (stalled, stalledAddress) = port.Join(receiveBuffer: 16 * 1024);
        var (other, otherAddress) = port.Join(ipv6: true);
        FillUntilCongested(port, stalledAddress);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 300; i++)
        {
            Send(port, stalledAddress, Video, 1200, TrafficClass.Video);
            Send(port, stalledAddress, Audio, 120, TrafficClass.Audio);
            Assert.True(port.Send(otherAddress, [9, (byte)i], TrafficClass.Video));
            port.Turn();
            Assert.Equal([9, (byte)i], other.Receive());
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
        Assert.Single(port.BackPressure);
        stalled.Dispose();
        other.Dispose();
    }

    /// <summary>All video slots of a viewer may start at the same moment: many key frames in one turn are no congestion while the peer reads.</summary>
    [Fact]
    public void A_burst_within_one_turn_is_no_congestion_for_a_peer_that_reads()
    {
        using var port = new PortUnderTest();
        var (peer, address) = port.Join();
        for (var i = 0; i < 230; i++)
        {
            Assert.True(Send(port, address, Video, 1200, TrafficClass.Video), $"packet {i}");
        }

        var received = ReadAll(port, peer, () => Backlog(port, address) == 0);
        Assert.Equal(Enumerable.Range(0, 230), received[Video]);
        Assert.Empty(port.BackPressure);
        peer.Dispose();
    }

    [Fact]
    public void A_congested_connection_that_closes_gives_its_memory_back()
    {
        using var port = new PortUnderTest();
        for (var i = 0; i < 3; i++)
        {
            var (peer, address) = port.Join(receiveBuffer: 16 * 1024);
            FillUntilCongested(port, address);
            Send(port, address, Audio, 120, TrafficClass.Audio);
            peer.SendRaw([0, 100, 1]);
            port.TurnUntil(() => port.Port.InUse == (1, 1), "a part of a frame waits on either side");
            peer.Dispose();
            port.TurnUntil(() => port.Closed.Count == i + 1, "it is closed");
            Assert.Equal((0, 0), port.Port.InUse);
        }
    }

    private static int Backlog(PortUnderTest port, TransportAddress address) => port.Port.BacklogOf(address);

    private void FillUntilCongested(PortUnderTest port, TransportAddress address)
    {
        var told = port.BackPressure.Count;
        for (var i = 0; i < 50_000 && port.BackPressure.Count == told; i++)
        {
            Send(port, address, Video, 1200, TrafficClass.Video);
            port.Turn();
        }

        Assert.Equal(told + 1, port.BackPressure.Count);
    }

    /// <summary>Kind, number within the kind, and filling by which a mangled frame would be seen.</summary>
    private bool Send(PortUnderTest port, TransportAddress to, byte kind, int length, TrafficClass traffic)
    {
        var datagram = new byte[length];
        var number = _sent.GetValueOrDefault(kind);
        datagram.AsSpan().Fill((byte)(kind + number));
        datagram[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(datagram.AsSpan(1), number);
        _sent[kind] = number + 1;
        return port.Send(to, datagram, traffic);
    }

    private static Dictionary<byte, List<int>> ReadAll(PortUnderTest port, StreamPeer peer, Func<bool> isDone)
    {
        var received = new Dictionary<byte, List<int>> { [Audio] = [], [Video] = [], [Control] = [] };
        var idle = 0;
        while (!isDone() || idle < 20)
        {
            port.Turn();
            if (peer.TryReceive() is not { } frame)
            {
                idle++;
                Assert.True(idle < 10_000, "nothing more comes");
                Thread.Sleep(1);
                continue;
            }

            idle = 0;
            var number = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1));
            Assert.False(frame.AsSpan(5).ContainsAnyExcept((byte)(frame[0] + number)), "a mangled frame");
            received[frame[0]].Add(number);
        }

        return received;
    }
}
