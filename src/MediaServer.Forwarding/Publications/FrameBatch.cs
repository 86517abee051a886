using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>
/// The packets of one layer that wait to go out together: a frame, as far as it has arrived. Every subscriber then gets them in one go, so that
/// its keys and numbers are fetched once, and the packets leave as one message (UDP segmentation offload). Their bytes are in the layer's cache.
/// </summary>
internal sealed class FrameBatch(PublicationLayer layer) : IHeldPackets
{
    public const int Capacity = 32;

    private PacketDescription[] _packets = [];

    public int Number { get; private set; }

    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    /// <summary>Bytes of the largest payload.</summary>
    public int LargestPayload { get; private set; }

    public bool StartsKeyFrame { get; private set; }

    public ref readonly PacketDescription this[int index] => ref _packets[index];

    public void Add(in PacketDescription packet)
    {
        if (_packets.Length == 0)
        {
            _packets = new PacketDescription[Capacity];
        }

        _packets[Count++] = packet;
        if (packet.Codec is not null)
        {
            LargestPayload = Math.Max(LargestPayload, packet.Header.PayloadLength);
            StartsKeyFrame |= packet.StartsKeyFrame;
        }
    }

    /// <summary>True when <paramref name="sequence"/> stands behind <paramref name="index"/>.</summary>
    public bool ContainsAfter(int index, long sequence)
    {
        for (var i = index + 1; i < Count; i++)
        {
            if (_packets[i].Sequence == sequence)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispatch(MonotonicTime now) => layer.Publication.Dispatch(layer, now);

    public void Clear()
    {
        Number++;
        Count = 0;
        LargestPayload = 0;
        StartsKeyFrame = false;
    }
}
