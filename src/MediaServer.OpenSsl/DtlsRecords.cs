using System.Buffers.Binary;

namespace MediaServer.OpenSsl;

/// <summary>DTLS record headers (RFC 6347 section 4.1): type, version, epoch, sequence number, length; 13 bytes.</summary>
internal static class DtlsRecords
{
    public const int HeaderLength = 13;

    private const byte Handshake = 22;

    /// <summary>Explicit nonce and tag of AES-GCM. On less than a cipher's own overhead OpenSSL 3.0 gives the whole association up, authenticated or not.</summary>
    private const int MinEncryptedLength = 24;

    /// <summary>True when the datagram is a row of whole records of known types. OpenSSL never sees anything else.</summary>
    public static bool AreWellFormed(ReadOnlySpan<byte> datagram)
    {
        while (!datagram.IsEmpty)
        {
            var length = LengthOfFirst(datagram);
            if (length == 0 || datagram[0] is < 20 or > 23 || datagram[1] != 0xFE
                || (EpochOfFirst(datagram) != 0 && length < HeaderLength + MinEncryptedLength))
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

    public static ushort EpochOfFirst(ReadOnlySpan<byte> records) => BinaryPrimitives.ReadUInt16BigEndian(records[3..]);

    /// <summary>Writes the 48 bits behind the epoch.</summary>
    public static void WriteSequence(Span<byte> records, ulong sequence)
    {
        BinaryPrimitives.WriteUInt16BigEndian(records[5..], (ushort)(sequence >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(records[7..], (uint)sequence);
    }

    /// <summary>True when an encrypted handshake message is among the records: at the end of a flight that can only be Finished.</summary>
    public static bool HoldFinished(ReadOnlySpan<byte> records)
    {
        while (LengthOfFirst(records) is > 0 and var length)
        {
            if (records[0] == Handshake && EpochOfFirst(records) == 1)
            {
                return true;
            }

            records = records[length..];
        }

        return false;
    }
}
