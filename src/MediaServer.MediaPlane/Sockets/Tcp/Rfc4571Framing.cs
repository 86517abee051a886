using System.Buffers;
using System.Buffers.Binary;

namespace MediaServer.MediaPlane.Sockets.Tcp;

/// <summary>What stands at the beginning of a stream of frames.</summary>
internal enum FrameVerdict
{
    /// <summary>The rest of the frame has not come yet.</summary>
    Incomplete,

    Frame,

    /// <summary>Longer than any datagram that a peer may send. What follows cannot be told from garbage.</summary>
    TooLong,
}

/// <summary>RFC 4571: each datagram on a stream is preceded by its length in 16 bits; length 0 is a null packet.</summary>
internal static class Rfc4571Framing
{
    public const int PrefixLength = 2;

    /// <summary>
    /// Takes the next frame that is not empty from the front of <paramref name="stream"/> into <paramref name="destination"/>, whose length is the
    /// longest that is accepted.
    /// </summary>
    public static FrameVerdict TryTake(ref ReadOnlySequence<byte> stream, Span<byte> destination, out int length)
    {
        while (true)
        {
            length = 0;
            if (stream.Length < PrefixLength)
            {
                return FrameVerdict.Incomplete;
            }

            var announced = ReadPrefix(stream);
            if (announced > destination.Length)
            {
                return FrameVerdict.TooLong;
            }

            if (stream.Length < PrefixLength + announced)
            {
                return FrameVerdict.Incomplete;
            }

            stream.Slice(PrefixLength, announced).CopyTo(destination);
            stream = stream.Slice(PrefixLength + announced);
            if (announced > 0)
            {
                length = announced;
                return FrameVerdict.Frame;
            }
        }
    }

    private static int ReadPrefix(in ReadOnlySequence<byte> stream)
    {
        var first = stream.FirstSpan;
        if (first.Length >= PrefixLength)
        {
            return BinaryPrimitives.ReadUInt16BigEndian(first);
        }

        Span<byte> prefix = stackalloc byte[PrefixLength];
        stream.Slice(0, PrefixLength).CopyTo(prefix);
        return BinaryPrimitives.ReadUInt16BigEndian(prefix);
    }
}
