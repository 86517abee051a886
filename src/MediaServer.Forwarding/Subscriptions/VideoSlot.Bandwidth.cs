using MediaServer.Forwarding.Allocation;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>The part that shares the subscriber's bandwidth with the other slots.</summary>
internal sealed partial class VideoSlot
{
    /// <summary>True while bandwidth does not even suffice for the lowest layer.</summary>
    public bool IsSuspended => _limit == SlotDemand.Nothing;

    /// <summary>What is being sent now, in bits per second.</summary>
    public long SendingBitrate => _current is { } layer && Source is { } source ? LayerSelector.BitrateOf(source.Layers, layer.Index) : 0;

    /// <summary>Fills in what this slot would like to have.</summary>
    public void Describe(ref SlotDemand demand, MonotonicTime now)
    {
        demand = default;
        demand.Priority = Priority;
        demand.TileHeight = MaxHeight;
        demand.WantedLayer = SlotDemand.Nothing;
        demand.CurrentLayer = SlotDemand.Nothing;
        demand.IsNew = _isNew;
        if (Source is not { IsGateOpen: true } source)
        {
            return;
        }

        var count = Math.Min(source.Layers.Length, LayerOffers.Capacity);
        for (var i = 0; i < count; i++)
        {
            var layer = source.Layers[i];
            demand.Layers[i] = layer.IsAvailable(now)
                ? new LayerOffer(LayerSelector.BitrateOf(source.Layers, i), layer.Bitrate.BitsPerSecond == 0)
                : new LayerOffer(LayerOffer.Unavailable);
        }

        demand.WantedLayer = LayerSelector.Choose(source.Layers, MaxHeight, Unlimited, now)?.Index ?? SlotDemand.Nothing;
        if (!_isNew && !IsSuspended)
        {
            demand.CurrentLayer = Math.Min(_limit == Unlimited ? int.MaxValue : _limit, (_target ?? _current)?.Index ?? SlotDemand.Nothing);
        }
    }

    /// <summary>
    /// Takes what was allocated. <paramref name="stop"/>: the link is overfull, so the present layer ends now and not only at the next one's key frame.
    /// </summary>
    public void Allocate(int layer, bool stop, MonotonicTime now)
    {
        _isNew = false;
        if (Source is not { } source)
        {
            return;
        }

        var suspend = layer == SlotDemand.Nothing;
        if (suspend && !IsSuspended)
        {
            _context.Congestion.Suspensions++;
        }

        _limit = layer;
        if (suspend || (stop && _current is { } current && current.Index > layer))
        {
            StopCurrent();
        }

        if (suspend)
        {
            Announce(source.Id, suspended: true);
        }

        ChooseLayer(now);
    }

    /// <summary>Nothing limits any more.</summary>
    public void Unlimit() => _limit = Unlimited;

    /// <summary>The pacer's turn for a packet that had to wait.</summary>
    public void SendPaced(in PacedPacket paced, MonotonicTime now)
    {
        if (IsForwarding(paced.Layer) && _slotCodec is not null && paced.Layer.Publication.TryRecall(paced.Layer, paced.Sequence, out var packet))
        {
            SendNow(paced.Layer, packet, 0, now);
        }
    }

    /// <summary>What waited became too old: the slot goes on at the next key frame. Returns how many packets were dropped.</summary>
    public int DropPaced(MonotonicTime now)
    {
        _current = null;
        var dropped = _transport.Downlink!.Pacer.Discard(this);
        ChooseLayer(now);
        return dropped;
    }

    /// <summary>Sends padding on this slot's RTX stream; returns the datagram's length, 0 when it can't.</summary>
    public int SendPadding(MonotonicTime now) => Sender.SendPadding(_timestamp.LastOutput, now);

    /// <summary>The layers from the one that bandwidth allows to the one that the tile's height asks for: the publisher is to send these.</summary>
    private int WantedLayers(Publication source)
    {
        var highest = LayerSelector.IndexFor(source.Layers, MaxHeight);
        var lowest = Math.Min(_target?.Index ?? (IsSuspended ? 0 : highest), highest);
        return (1 << (highest + 1)) - (1 << lowest);
    }
}
