using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>
/// The last packets of a slot by outgoing sequence number, so that a retransmission is the same packet. Holds no payload: that is in the
/// publisher's cache. Every viewer has one per slot, so an entry is 20 bytes: what rarely changes stands once per epoch.
/// </summary>
internal sealed class SentHistory
{
    /// <summary>More than a second of 1200-byte packets at 4 Mbit/s.</summary>
    private const int Capacity = 512;

    private const int MaxEpochs = 8;

    private readonly Epoch[] _epochs = new Epoch[MaxEpochs];
    private Entry[] _ring = [];
    private byte _epoch;

    public void Add(PublicationLayer layer, NegotiatedCodec slotCodec, long sourceSequence, in OutgoingNumbers numbers)
    {
        if (_ring.Length == 0)
        {
            _ring = new Entry[Capacity];
        }

        ref var epoch = ref _epochs[_epoch % MaxEpochs];
        if (epoch.Layer != layer || epoch.Generation != layer.Generation || epoch.Codec != slotCodec)
        {
            epoch = ref _epochs[++_epoch % MaxEpochs];
            epoch = new Epoch { Layer = layer, Generation = layer.Generation, Codec = slotCodec, FirstSequence = sourceSequence, Number = _epoch };
        }

        _ring[numbers.Sequence % Capacity] = new Entry
        {
            Source = (uint)sourceSequence,
            Timestamp = numbers.Timestamp,
            Sequence = numbers.Sequence,
            PictureId = numbers.Vp8.PictureId,
            Tl0PicIdx = numbers.Vp8.Tl0PicIdx,
            HasVp8 = numbers.Vp8.Present,
            Epoch = _epoch,
            IsUsed = true,
        };
    }

    /// <summary>
    /// What went out under <paramref name="sequence"/>, for sending it once more; false when nothing did lately, when its source is gone, or when
    /// it was sent again less than <paramref name="interval"/> ms ago.
    /// </summary>
    public bool TryResend(ushort sequence, int interval, MonotonicTime now, out PublicationLayer layer, out long sourceSequence, out OutgoingNumbers numbers)
    {
        layer = null!;
        sourceSequence = 0;
        numbers = default;
        if (_ring.Length == 0)
        {
            return false;
        }

        ref var entry = ref _ring[sequence % Capacity];
        ref var epoch = ref _epochs[entry.Epoch % MaxEpochs];
        if (!entry.IsUsed || entry.Sequence != sequence
            || epoch.Number != entry.Epoch || epoch.Layer is not { } source || source.Generation != epoch.Generation
            || (entry.ResentAt != 0 && (uint)now.Milliseconds - entry.ResentAt < (uint)interval))
        {
            return false;
        }

        entry.ResentAt = Math.Max(1, (uint)now.Milliseconds);
        layer = source;
        sourceSequence = epoch.FirstSequence + (int)(entry.Source - (uint)epoch.FirstSequence);
        numbers = new OutgoingNumbers(epoch.Codec!, sequence, entry.Timestamp, new Vp8Numbers(entry.HasVp8, entry.PictureId, entry.Tl0PicIdx));
        return true;
    }

    /// <summary>Lets go of everything, so that a publisher who left is not kept in memory.</summary>
    public void Clear()
    {
        Array.Clear(_ring);
        Array.Clear(_epochs);
    }

    private struct Entry
    {
        public uint Source;
        public uint Timestamp;

        /// <summary>Milliseconds, 0 never.</summary>
        public uint ResentAt;
        public ushort Sequence;
        public ushort PictureId;
        public byte Tl0PicIdx;
        public byte Epoch;
        public bool HasVp8;
        public bool IsUsed;
    }

    /// <summary>A stretch of packets from one source under one codec.</summary>
    private struct Epoch
    {
        public PublicationLayer? Layer;
        public NegotiatedCodec? Codec;
        public long FirstSequence;
        public int Generation;
        public byte Number;
    }
}
