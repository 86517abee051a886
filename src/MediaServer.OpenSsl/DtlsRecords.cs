using System.Buffers.Binary;

namespace MediaServer.OpenSsl;

/// <summary>DTLS record headers (RFC 6347 section 4.1): type, version, epoch, sequence number, length; 13 bytes.</summary>
internal static class DtlsRecords
{
    public const int HeaderLength = 13;

    /// <summary>True when the datagram is a row of whole records of known types. OpenSSL never sees anything else.</summary>
    public static bool AreWellFormed(ReadOnlySpan<byte> datagram)
    {
        while (!datagram.IsEmpty)
        {
            var length = LengthOfFirst(datagram);
            if (length == 0 || datagram[0] is < 20 or > 23 || datagram[1] != 0xFE)
            {
                return false;
            }

            datagram = datagram[length..];
        }

        return true;
    }

    /// <summary>Bytes of the first record with its header; 0 when it is cut short.</summary>
    public static int LengthOfFirst(ReadOnlySpan<byte> records)
    {
        if (records.Length < HeaderLength)
        {
            return 0;
        }

        var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(records[11..]);
        return length <= records.Length ? length : 0;
    }
}
