using System.Runtime.CompilerServices;
using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>How one outgoing packet was made, so that a retransmission is the same packet.</summary>
internal struct SentPacket
{
    public PublicationLayer? Layer;
    public int Generation;
    public long SourceSequence;
    public ushort Sequence;
    public uint Timestamp;
    public byte PayloadType;
    public byte RtxPayloadType;
    public Vp8Numbers Vp8;
    public MonotonicTime ResentAt;
    public bool Resent;
}

/// <summary>The last packets of a slot by outgoing sequence number. Holds no payload: that is in the publisher's cache.</summary>
internal sealed class SentHistory
{
    private const int Capacity = 1024;

    private SentPacket[] _ring = [];

    public ref SentPacket Add(ushort sequence)
    {
        if (_ring.Length == 0)
        {
            _ring = new SentPacket[Capacity];
        }

        ref var entry = ref _ring[sequence & (Capacity - 1)];
        entry = default;
        entry.Sequence = sequence;
        return ref entry;
    }

    /// <summary>The entry of <paramref name="sequence"/>, a null reference when nothing was sent under it lately.</summary>
    public ref SentPacket Find(ushort sequence)
    {
        if (_ring.Length == 0)
        {
            return ref Unsafe.NullRef<SentPacket>();
        }

        ref var entry = ref _ring[sequence & (Capacity - 1)];
        if (entry.Layer is null || entry.Sequence != sequence)
        {
            return ref Unsafe.NullRef<SentPacket>();
        }

        return ref entry;
    }

    /// <summary>Lets go of everything, so that a publisher who left is not kept in memory.</summary>
    public void Clear() => Array.Clear(_ring);
}
