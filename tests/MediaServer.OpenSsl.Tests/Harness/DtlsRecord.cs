using System.Buffers.Binary;

namespace MediaServer.OpenSsl.Tests.Harness;

/// <summary>Takes datagrams apart and cuts handshake messages into fragments (RFC 6347 sections 4.1 and 4.2.2).</summary>
internal static class DtlsRecord
{
    public const byte Alert = 21;
    public const byte HandshakeType = 22;
    private const int RecordHeader = 13;
    private const int HandshakeHeader = 12;

    /// <summary>A record number that the client does not come to, within the replay window of those that it uses.</summary>
    private const byte UnusedSequence = 50;

    public static List<byte[]> Split(byte[] datagram)
    {
        var records = new List<byte[]>();
        for (var at = 0; at < datagram.Length;)
        {
            var length = RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(at + 11));
            records.Add(datagram[at..(at + length)]);
            at += length;
        }

        return records;
    }

    public static int EpochOf(byte[] record) => BinaryPrimitives.ReadUInt16BigEndian(record.AsSpan(3));

    /// <summary>The one handshake message of a datagram as two datagrams, cut after <paramref name="cut"/> bytes of its body.</summary>
    public static (byte[] First, byte[] Second) Fragment(byte[] datagram, int cut)
    {
        var body = datagram.AsSpan(RecordHeader + HandshakeHeader);
        return (Fragment(datagram, body[..cut], 0, 0), Fragment(datagram, body[cut..], cut, UnusedSequence));
    }

    private static byte[] Fragment(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> part, int offset, byte sequence)
    {
        byte[] result = [.. whole[..(RecordHeader + HandshakeHeader)], .. part];
        result[10] = sequence;
        BinaryPrimitives.WriteUInt16BigEndian(result.AsSpan(11), (ushort)(HandshakeHeader + part.Length));
        WriteUInt24(result.AsSpan(RecordHeader + 6), offset);
        WriteUInt24(result.AsSpan(RecordHeader + 9), part.Length);
        return result;
    }

    private static void WriteUInt24(Span<byte> target, int value)
    {
        target[0] = (byte)(value >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)value);
    }
}
