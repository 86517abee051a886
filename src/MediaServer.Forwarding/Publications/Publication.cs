using System.Text;
using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Speakers;
using MediaServer.Forwarding.Subscriptions;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Publications;

/// <summary>
/// What one transport publishes on one m-line: takes its packets, watches over loss and key frames, and hands each packet to every slot
/// that shows it. Who takes its packets besides the slots, and packets that other shards relay, are in the other part.
/// </summary>
internal sealed partial class Publication
{
    private const int MaxLayers = 4;

    private readonly RouterContext _context;
    private readonly List<VideoSlot> _videoSlots = [];
    private readonly List<AudioSlot> _audioSlots = [];

    public Publication(RouterContext context, IPublisher publisher, NegotiatedMedia media)
    {
        _context = context;
        Publisher = publisher;
        Media = media;
        Id = new PublicationId(publisher.Id, media.Mid);
        Mid = Encoding.ASCII.GetBytes(media.Mid);
        Layers = media.Rids.IsDefaultOrEmpty
            ? [new PublicationLayer(this, 0, "", context.Options)]
            : [.. media.Rids.Take(MaxLayers).Select((rid, index) => new PublicationLayer(this, index, rid, context.Options))];
        Demand = new LayerDemand(Layers, context.Options);
    }

    public IPublisher Publisher { get; }

    public PublicationId Id { get; }

    /// <summary>The mid as it appears in the header extension.</summary>
    public byte[] Mid { get; }

    public NegotiatedMedia Media { get; private set; }

    public bool IsVideo => Media.Kind == MediaKind.Video;

    /// <summary>Lowest first.</summary>
    public PublicationLayer[] Layers { get; }

    /// <summary>Which layers somebody wants.</summary>
    public LayerDemand Demand { get; }

    public bool IsGateOpen { get; private set; } = true;

    /// <summary>Loudness; of audio publications only.</summary>
    public AudioActivity Activity { get; } = new();

    public List<VideoSlot> VideoSlots => _videoSlots;

    public List<AudioSlot> AudioSlots => _audioSlots;

    public void Update(NegotiatedMedia media)
    {
        if (media != Media)
        {
            Media = media;
            foreach (var subscriber in _subscribers)
            {
                subscriber.OnUpdated();
            }
        }
    }

    /// <summary>Somebody wants the layers of <paramref name="mask"/>; the publisher is told at once when one of them was off.</summary>
    public void Want(int mask, MonotonicTime now)
    {
        if (Demand.Want(mask, now))
        {
            TellDemand(now);
        }
    }

    /// <summary>Looks whether layers can be switched off.</summary>
    public void ExpireDemand(MonotonicTime now)
    {
        if (IsVideo && Demand.Expire(now))
        {
            TellDemand(now);
        }
    }

    /// <summary>A closed gate stops everything before fan-out. When it opens again, video starts at a key frame.</summary>
    public void SetGate(bool open, MonotonicTime now)
    {
        if (IsGateOpen == open)
        {
            return;
        }

        IsGateOpen = open;
        if (!open)
        {
            foreach (var layer in Layers)
            {
                layer.Frame.Clear();
            }

            Activity.Silence();
            Publisher.Room.Voices.Drop(this);
            foreach (var slot in _audioSlots)
            {
                slot.OnSourcePaused();
            }
        }

        foreach (var slot in _videoSlots)
        {
            slot.OnSourcePaused(now);
        }

        foreach (var subscriber in _subscribers)
        {
            subscriber.OnGate(open);
        }
    }

    public NegotiatedCodec? FindCodec(byte payloadType)
    {
        foreach (var codec in Media.Codecs)
        {
            if (codec.PayloadType == payloadType)
            {
                return codec;
            }
        }

        return null;
    }

    /// <summary>The codec that <paramref name="rtxPayloadType"/> repairs (apt, RFC 4588 section 8.6).</summary>
    public NegotiatedCodec? FindRepairedCodec(byte rtxPayloadType)
    {
        foreach (var codec in Media.Codecs)
        {
            if (codec.RtxPayloadType == rtxPayloadType)
            {
                return codec;
            }
        }

        return null;
    }

    /// <summary>One plaintext packet; a retransmission has been unwrapped already.</summary>
    public void OnRtp(PublicationLayer layer, ReadOnlySpan<byte> bytes, in RtpHeader header, bool repaired, MonotonicTime now)
    {
        var codec = FindCodec(header.PayloadType);
        var clockRate = codec?.ClockRate ?? (IsVideo ? 90_000 : 48_000);
        if (!layer.TryAccept(header, bytes.Length, repaired, clockRate, now, out var sequence, out var reason))
        {
            _context.Drops.Count(reason);
            return;
        }

        if (IsVideo && IsGateOpen && !layer.Nacks.OnReceived(sequence, now))
        {
            layer.KeyFrames.Request();
        }

        if (!IsGateOpen)
        {
            layer.Nacks.Clear();
            _context.Drops.Count(DropReason.GateClosed);
            return;
        }

        if (codec is null)
        {
            _context.Drops.Count(DropReason.RtpUnknownPayloadType);
        }

        var description = PacketDescription.Skipped(header, sequence);
        if (codec is not null && header.PayloadLength > 0
            && !PacketDescription.TryRead(bytes, header, sequence, codec, Media.Extensions, out description))
        {
            _context.Drops.Count(DropReason.PayloadMalformed);
            description = PacketDescription.Skipped(header, sequence);
        }

        Forward(layer, bytes, description, now);
    }

    /// <summary>Hands what has been gathered to the slots.</summary>
    public void Dispatch(PublicationLayer layer, MonotonicTime now)
    {
        var frame = layer.Frame;
        var wanted = false;
        foreach (var slot in _videoSlots)
        {
            wanted |= slot.OnFrame(layer, frame, now);
        }

        if (!wanted && !HasSubscriberFor(layer))
        {
            _context.Drops.Count(DropReason.NoSubscriber, frame.Count);
        }

        frame.Clear();
    }

    /// <summary>Reads a packet back from the layer's cache.</summary>
    public bool TryRecall(PublicationLayer layer, long sequence, out MediaPacket packet)
    {
        if (layer.Cache.TryFind(sequence, out var bytes)
            && RtpHeader.TryParse(bytes, out var header, out _)
            && FindCodec(header.PayloadType) is { } codec
            && PacketDescription.TryRead(bytes, header, sequence, codec, Media.Extensions, out var description))
        {
            packet = new MediaPacket(bytes, description);
            return true;
        }

        packet = default;
        return false;
    }

    private void Forward(PublicationLayer layer, ReadOnlySpan<byte> bytes, in PacketDescription description, MonotonicTime now)
    {
        if (IsVideo)
        {
            GatherVideo(layer, bytes, description, now);
        }
        else
        {
            ForwardAudio(layer, bytes, description, now);
        }
    }

    private void TellDemand(MonotonicTime now)
    {
        _context.Congestion.LayerDemandChanges++;
        Publisher.OnLayersWanted(this, Demand.ActiveLayers, now);
    }

    /// <summary>Packets wait for the end of their frame, but not long: see <see cref="MediaRouterOptions.FrameHold"/>.</summary>
    private void GatherVideo(PublicationLayer layer, ReadOnlySpan<byte> bytes, in PacketDescription packet, MonotonicTime now)
    {
        if (packet.Codec is not null)
        {
            layer.Cache.Store(packet.Sequence, bytes);
            if (packet.StartsKeyFrame)
            {
                layer.OnKeyFrame(new MediaPacket(bytes, packet));
            }
        }

        HandToSubscribers(layer, bytes, packet, now);
        var frame = layer.Frame;
        frame.Add(packet);
        var isLate = packet.Sequence < layer.HighestSequence;
        if (packet.Header.Marker || isLate || packet.Codec is null || frame.IsFull)
        {
            Dispatch(layer, now);
        }
        else if (frame.Count == 1)
        {
            _context.Frames.Add(frame, now);
        }
    }

    private void ForwardAudio(PublicationLayer layer, ReadOnlySpan<byte> bytes, in PacketDescription description, MonotonicTime now)
    {
        if (description.Codec is null)
        {
            foreach (var slot in _audioSlots)
            {
                slot.OnSkipped(layer, description.Sequence);
            }

            HandToSubscribers(layer, bytes, description, now);
            return;
        }

        var isFirst = !Activity.HasPackets;
        var loudness = description.HasAudioLevel ? 127 - (description.AudioLevel & 0x7F) : AudioActivity.UnknownLoudness;
        Activity.OnPacket(loudness, now);
        if (isFirst)
        {
            Publisher.Room.Enter(this);
        }

        var relayed = HandToSubscribers(layer, bytes, description, now);
        if (_audioSlots.Count == 0)
        {
            if (!relayed)
            {
                _context.Drops.Count(DropReason.NoSubscriber);
            }
        }
        else if (!Activity.IsAudible(loudness, _context.Options.SilenceTimeout, now))
        {
            _context.Drops.Count(DropReason.Silence);
            foreach (var slot in _audioSlots)
            {
                slot.OnSourcePaused();
            }
        }
        else
        {
            Publisher.Room.Voices.Add(layer, bytes, description, now);
        }
    }
}
