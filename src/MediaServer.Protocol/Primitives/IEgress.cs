namespace MediaServer.Protocol.Primitives;

/// <summary>
/// Where outgoing datagrams are written. One reservation is open at a time: <see cref="Reserve(in TransportAddress, int)"/>, write,
/// <see cref="Commit"/>. The shell groups committed datagrams by destination and hands them to the kernel at the next flush.
/// </summary>
public interface IEgress
{
    /// <summary>Reserves room for a datagram. Returns a span of at least <paramref name="maxLength"/> bytes, empty when the queue is full.</summary>
    Span<byte> Reserve(in TransportAddress destination, int maxLength);

    /// <summary>The same for media, which a way out that queues (TCP) may have to drop.</summary>
    Span<byte> Reserve(in TransportAddress destination, int maxLength, TrafficClass traffic) => Reserve(destination, maxLength);

    /// <summary>Queues the first <paramref name="length"/> bytes of the open reservation; 0 gives it back.</summary>
    void Commit(int length);

    /// <summary>A peer has proved by a valid check that it is at <paramref name="address"/>: a TCP connection may stay.</summary>
    void Bind(in TransportAddress address)
    {
    }

    /// <summary>Nobody is at <paramref name="address"/> any more; a TCP connection goes back to having to prove itself.</summary>
    void Release(in TransportAddress address)
    {
    }
}
