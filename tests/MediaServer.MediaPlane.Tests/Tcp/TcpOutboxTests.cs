using System.Buffers.Binary;
using System.Net.Sockets;
using MediaServer.MediaPlane.Sockets.Tcp;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests.Tcp;

/// <summary>What the kernel takes ends in the midst of a datagram as often as not.</summary>
public sealed class TcpOutboxTests
{
    private static readonly MonotonicTime Now = MonotonicTime.FromMilliseconds(1000);

    /// <summary>A Unix stream socket with a small buffer cuts anywhere, which TCP on loopback hardly ever does.</summary>
    [Fact]
    public void A_datagram_that_the_kernel_cut_is_finished_before_more_urgent_ones()
    {
        var cuts = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            using var pool = new ChunkPool();
            var outbox = new TcpOutbox(pool);
            var (writing, reading) = StreamPair();
            var stream = new List<byte>();
            var ends = new HashSet<long>();
            var sent = new int[3];
            long bytes = 0;
            long datagrams = 0;
            var buffer = new byte[10_000];
            for (var step = 0; step < 200 || !outbox.IsEmpty; step++)
            {
                for (var burst = step < 200 && outbox.Bytes < 10_000 ? random.Next(15) : 0; burst > 0; burst--)
                {
                    var traffic = (TrafficClass)random.Next(3);
                    Send(outbox, traffic, sent[(int)traffic]++, random.Next(5, 1200));
                }

                outbox.Write((int)writing.Handle, ref bytes, ref datagrams);
                ends.Add(bytes);
                if (reading.Available > 0 && (step >= 200 || random.Next(4) == 0))
                {
                    stream.AddRange(buffer[..reading.Receive(buffer.AsSpan(0, random.Next(1, 3000)))]);
                }
            }

            while (reading.Available > 0)
            {
                stream.AddRange(buffer[..reading.Receive(buffer)]);
            }

            Assert.Equal(bytes, stream.Count);
            Assert.Equal(sent.Sum(), datagrams);
            var boundaries = AssertIntact(stream, sent);
            cuts += ends.Count(end => !boundaries.Contains(end));
            writing.Dispose();
            reading.Dispose();
        }

        Assert.True(cuts > 40, $"only {cuts} cuts: this shows nothing");
    }

    private static (Socket Writing, Socket Reading) StreamPair()
    {
        var path = Path.Combine(Path.GetTempPath(), $"outbox-{Guid.NewGuid():N}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var writing = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendBufferSize = 4096 };
        writing.Connect(new UnixDomainSocketEndPoint(path));
        var reading = listener.Accept();
        reading.Blocking = false;
        File.Delete(path);
        return (writing, reading);
    }

    private static void Send(TcpOutbox outbox, TrafficClass traffic, int number, int length)
    {
        var datagram = outbox.Reserve(length, traffic, Now);
        Assert.False(datagram.IsEmpty);
        datagram.Fill((byte)number);
        datagram[0] = (byte)traffic;
        BinaryPrimitives.WriteInt32BigEndian(datagram[1..], number);
        outbox.Commit(length);
    }

    /// <summary>Returns where datagrams end.</summary>
    private static HashSet<long> AssertIntact(List<byte> stream, int[] sent)
    {
        var boundaries = new HashSet<long> { 0 };
        var rest = stream.ToArray().AsSpan();
        var next = new int[3];
        while (rest.Length > 0)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            var datagram = rest.Slice(2, length);
            var number = BinaryPrimitives.ReadInt32BigEndian(datagram[1..]);
            Assert.Equal(next[datagram[0]]++, number);
            Assert.False(datagram[5..].ContainsAnyExcept((byte)number));
            rest = rest[(2 + length)..];
            boundaries.Add(stream.Count - rest.Length);
        }

        Assert.Equal(sent, next);
        return boundaries;
    }
}
