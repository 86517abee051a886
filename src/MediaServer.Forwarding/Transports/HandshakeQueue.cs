using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Transports;

/// <summary>
/// DTLS datagrams that wait for their turn. A handshake step costs hundreds of microseconds of public-key cryptography; done at once, a thousand
/// people who join together would hold up everybody's media. So media goes first, and only a few steps are done in between.
/// </summary>
internal sealed class HandshakeQueue
{
    /// <summary>Two flights of two datagrams for each of 2000 who join at once; beyond that, DTLS repeats what is dropped.</summary>
    public const int Capacity = 8192;

    /// <summary>A flight with a large certificate takes half of it. Whoever sends more must not fill the queue for all.</summary>
    public const int CapacityPerTransport = 16;

    private readonly Queue<Waiting> _waiting = new();

    public int Count => _waiting.Count;

    /// <summary>False when the queue is full, or the transport has enough in it.</summary>
    public bool TryAdd(PeerTransport transport, in TransportAddress from, ReadOnlySpan<byte> datagram)
    {
        if (_waiting.Count >= Capacity || transport.WaitingHandshakeDatagrams >= CapacityPerTransport)
        {
            return false;
        }

        transport.WaitingHandshakeDatagrams++;
        _waiting.Enqueue(new Waiting(transport, from, datagram.ToArray()));
        return true;
    }

    public bool TryTake(out Waiting waiting)
    {
        if (!_waiting.TryDequeue(out waiting))
        {
            return false;
        }

        waiting.Transport.WaitingHandshakeDatagrams--;
        return true;
    }

    internal readonly record struct Waiting(PeerTransport Transport, TransportAddress From, byte[] Datagram);
}
