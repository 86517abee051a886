using MediaServer.Protocol.Dtls;

namespace MediaServer.OpenSsl;

/// <summary>
/// Cuts what OpenSSL wrote into datagrams, and repeats the latest flight. Each sending gives the plaintext records (epoch 0) new sequence numbers:
/// receivers drop a record whose number they have seen (RFC 6347 section 4.1.2.6), also when they had to ignore it, as OpenSSL ignores a
/// ChangeCipherSpec that overtook a lost message.
/// </summary>
internal sealed class OutgoingFlight
{
    public const int Mtu = 1200;
    private readonly List<byte[]> _datagrams = [];
    private ulong _nextSequence;

    public bool IsEmpty => _datagrams.Count == 0;

    /// <summary>Sends a row of records; they become the flight to repeat when <paramref name="keep"/>. A memory BIO forgets datagram boundaries.</summary>
    public void Send(Span<byte> records, bool keep, IDtlsOutput output)
    {
        if (keep)
        {
            _datagrams.Clear();
        }

        while (!records.IsEmpty)
        {
            var length = LengthOfDatagram(records);
            var datagram = records[..length];
            Number(datagram);
            output.SendDtls(datagram);
            if (keep)
            {
                _datagrams.Add(datagram.ToArray());
            }

            records = records[length..];
        }
    }

    public void Repeat(IDtlsOutput output)
    {
        foreach (var datagram in _datagrams)
        {
            Number(datagram);
            output.SendDtls(datagram);
        }
    }

    public void Clear() => _datagrams.Clear();

    /// <summary>As many records as fit; one that does not fit goes alone.</summary>
    private static int LengthOfDatagram(ReadOnlySpan<byte> records)
    {
        var length = 0;
        while (length < records.Length)
        {
            var record = DtlsRecords.LengthOfFirst(records[length..]);
            if (record == 0)
            {
                return records.Length;
            }

            if (length > 0 && length + record > Mtu)
            {
                break;
            }

            length += record;
        }

        return length;
    }

    private void Number(Span<byte> datagram)
    {
        while (DtlsRecords.LengthOfFirst(datagram) is > 0 and var length)
        {
            if (DtlsRecords.EpochOfFirst(datagram) == 0)
            {
                DtlsRecords.WriteSequence(datagram, _nextSequence++);
            }

            datagram = datagram[length..];
        }
    }
}
