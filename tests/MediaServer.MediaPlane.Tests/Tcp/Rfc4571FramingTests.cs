using System.Buffers;
using System.Buffers.Binary;
using MediaServer.MediaPlane.Sockets.Tcp;

namespace MediaServer.MediaPlane.Tests.Tcp;

public sealed class Rfc4571FramingTests
{
    private const int Longest = TcpConnection.MaxFrame;
    private readonly byte[] _frame = new byte[Longest];

    [Fact]
    public void A_stream_cut_at_any_byte_gives_the_same_frames()
    {
        byte[][] frames = [[1], [2, 3, 4], [], [5, 6], Enumerable.Repeat((byte)7, 300).ToArray(), [8]];
        var stream = Frame(frames);
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var taken = TakeAll(Segments(stream[..cut], stream[cut..]), out var verdict, out var left);
            Assert.Equal(frames.Where(f => f.Length > 0), taken);
            Assert.Equal((FrameVerdict.Incomplete, 0), (verdict, left));
        }
    }

    [Fact]
    public void What_is_not_complete_waits_for_every_length_of_the_rest()
    {
        var stream = Frame([[1, 2, 3], [4, 5, 6, 7]]);
        for (var length = 0; length < stream.Length; length++)
        {
            var taken = TakeAll(new ReadOnlySequence<byte>(stream, 0, length), out var verdict, out var left);
            Assert.Equal(FrameVerdict.Incomplete, verdict);
            Assert.Equal(length < 5 ? 0 : 1, taken.Count);
            Assert.Equal(length < 5 ? length : length - 5, left);
        }
    }

    [Fact]
    public void Random_frames_in_random_pieces_come_out_as_they_went_in()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var frames = Enumerable.Range(0, random.Next(1, 20)).Select(_ => Bytes(random, random.Next(4) == 0 ? 0 : random.Next(1, Longest + 1))).ToArray();
            var stream = Frame(frames);
            var pieces = new List<byte[]>();
            for (var at = 0; at < stream.Length;)
            {
                var length = Math.Min(stream.Length - at, random.Next(3) == 0 ? 1 : random.Next(1, 4000));
                pieces.Add(stream[at..(at + length)]);
                at += length;
            }

            var taken = TakeAll(Segments([.. pieces]), out _, out var left);
            Assert.True(frames.Where(f => f.Length > 0).SequenceEqual(taken, ByteArrays.Instance), $"seed {seed}");
            Assert.Equal(0, left);
        }
    }

    [Theory]
    [InlineData(Longest, true)]
    [InlineData(Longest + 1, false)]
    [InlineData(ushort.MaxValue, false)]
    public void The_longest_frame_is_as_long_as_the_longest_datagram(int length, bool fits)
    {
        var stream = new ReadOnlySequence<byte>(Frame([new byte[length]]));
        Assert.Equal(fits ? FrameVerdict.Frame : FrameVerdict.TooLong, Rfc4571Framing.TryTake(ref stream, _frame, out var taken));
        Assert.Equal(fits ? length : 0, taken);
    }

    [Fact]
    public void A_length_that_is_too_long_is_refused_before_the_frame_has_come()
    {
        var stream = Segments([0xFF], [0xFF]);
        Assert.Equal(FrameVerdict.TooLong, Rfc4571Framing.TryTake(ref stream, _frame, out _));
    }

    [Fact]
    public void Null_packets_are_nothing_however_many()
    {
        var stream = new ReadOnlySequence<byte>(Frame([.. Enumerable.Repeat(Array.Empty<byte>(), 1000), [9]]));
        Assert.Equal(FrameVerdict.Frame, Rfc4571Framing.TryTake(ref stream, _frame, out var length));
        Assert.Equal((1, 9), (length, _frame[0]));
        Assert.True(stream.IsEmpty);
    }

    private static byte[] Frame(byte[][] frames)
    {
        var stream = new List<byte>();
        foreach (var frame in frames)
        {
            var prefix = new byte[Rfc4571Framing.PrefixLength];
            BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)frame.Length);
            stream.AddRange(prefix);
            stream.AddRange(frame);
        }

        return [.. stream];
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private List<byte[]> TakeAll(ReadOnlySequence<byte> stream, out FrameVerdict verdict, out long left)
    {
        var taken = new List<byte[]>();
        while ((verdict = Rfc4571Framing.TryTake(ref stream, _frame, out var length)) == FrameVerdict.Frame)
        {
            taken.Add(_frame[..length]);
        }

        left = stream.Length;
        return taken;
    }

    private static ReadOnlySequence<byte> Segments(params byte[][] pieces)
    {
        var first = new Segment(pieces[0], null);
        var last = first;
        foreach (var piece in pieces[1..])
        {
            last = new Segment(piece, last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? previous)
        {
            Memory = bytes;
            if (previous is not null)
            {
                previous.Next = this;
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
            }
        }
    }

    private sealed class ByteArrays : IEqualityComparer<byte[]>
    {
        public static readonly ByteArrays Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes) => bytes.Length;
    }
}
