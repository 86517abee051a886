namespace MediaServer.Protocol.Primitives;

/// <summary>
/// Where outgoing datagrams are written. One reservation is open at a time: <see cref="Reserve"/>, write, <see cref="Commit"/>.
/// The shell groups committed datagrams by destination and hands them to the kernel at the next flush.
/// </summary>
public interface IEgress
{
    /// <summary>Reserves room for a datagram. Returns a span of at least <paramref name="maxLength"/> bytes, empty when the queue is full.</summary>
    Span<byte> Reserve(in TransportAddress destination, int maxLength);

    /// <summary>Queues the first <paramref name="length"/> bytes of the open reservation; 0 gives it back.</summary>
    void Commit(int length);
}
