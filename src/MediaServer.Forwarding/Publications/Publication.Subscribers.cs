using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Forwarding.Publications;

/// <summary>The part that hands packets to subscribers which are no slots, and takes those that the publisher's shard relays (docs/relays.md).</summary>
internal sealed partial class Publication
{
    private readonly List<IPacketSubscriber> _subscribers = [];

    /// <summary>Who takes the packets besides the slots.</summary>
    public List<IPacketSubscriber> Subscribers => _subscribers;

    /// <summary>Whether anybody besides the slots wants the layer: a relay on behalf of slots elsewhere.</summary>
    public bool HasSubscriberFor(PublicationLayer layer)
    {
        foreach (var subscriber in _subscribers)
        {
            if (subscriber.Wants(layer))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One packet that the publisher's shard has relayed: accepted, extended and past the gate there.</summary>
    public void OnRelayed(PublicationLayer layer, long sequence, ReadOnlySpan<byte> bytes, MonotonicTime now)
    {
        if (!IsGateOpen)
        {
            _context.Drops.Count(DropReason.GateClosed);
        }
        else if (!RtpHeader.TryParse(bytes, out var header, out var reason))
        {
            _context.Drops.Count(reason);
        }
        else if (FindCodec(header.PayloadType) is not { } codec)
        {
            _context.Drops.Count(DropReason.RtpUnknownPayloadType);
        }
        else if (!PacketDescription.TryRead(bytes, header, sequence, codec, Media.Extensions, out var description))
        {
            _context.Drops.Count(DropReason.PayloadMalformed);
        }
        else
        {
            layer.OnRelayed(sequence, now);
            Forward(layer, bytes, description, now);
        }
    }

    /// <summary>The publisher's shard says that this number carries nothing.</summary>
    public void OnRelayedSkip(PublicationLayer layer, long sequence, MonotonicTime now) =>
        Forward(layer, default, PacketDescription.Skipped(default, sequence), now);

    /// <summary>Leaves the slots and subscribers that take it. With <paramref name="forget"/> (closed for good) slots stop waiting for it.</summary>
    public void LeaveSlots(bool forget)
    {
        while (_videoSlots.Count > 0)
        {
            var slot = _videoSlots[^1];
            slot.Detach();
            if (forget)
            {
                slot.Assign(null, slot.MaxHeight, slot.Priority);
            }
        }

        while (_audioSlots.Count > 0)
        {
            _audioSlots[^1].Empty();
        }

        while (_subscribers.Count > 0)
        {
            _subscribers[^1].OnEnded(forget);
        }
    }

    /// <summary>At once, for whoever they hand it to gathers frames anew. True when somebody wanted the packet.</summary>
    private bool HandToSubscribers(PublicationLayer layer, ReadOnlySpan<byte> bytes, in PacketDescription description, MonotonicTime now)
    {
        var wanted = false;
        foreach (var subscriber in _subscribers)
        {
            if (!subscriber.Wants(layer))
            {
                continue;
            }

            wanted = true;
            if (description.Codec is null)
            {
                subscriber.OnSkipped(layer, description.Sequence);
            }
            else
            {
                subscriber.OnPacket(layer, new MediaPacket(bytes, description), now);
            }
        }

        return wanted;
    }
}
