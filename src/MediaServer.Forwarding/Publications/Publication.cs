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
/// that shows it.
/// </summary>
internal sealed class Publication
{
    private const int MaxLayers = 4;

    private readonly RouterContext _context;
    private readonly List<VideoSlot> _videoSlots = [];
    private readonly List<AudioSlot> _audioSlots = [];
    private readonly List<IPacketSubscriber> _subscribers = [];

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
    }

    public IPublisher Publisher { get; }

    public PublicationId Id { get; }

    /// <summary>The mid as it appears in the header extension.</summary>
    public byte[] Mid { get; }

    public NegotiatedMedia Media { get; private set; }

    public bool IsVideo => Media.Kind == MediaKind.Video;

    /// <summary>Lowest first.</summary>
    public PublicationLayer[] Layers { get; }

    public bool IsGateOpen { get; private set; } = true;

    /// <summary>Loudness; of audio publications only.</summary>
    public AudioActivity Activity { get; } = new();

    public List<VideoSlot> VideoSlots => _videoSlots;

    public List<AudioSlot> AudioSlots => _audioSlots;

    /// <summary>Who takes the packets besides the slots.</summary>
    public List<IPacketSubscriber> Subscribers => _subscribers;

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
            Activity.Silence();
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

        if (codec is null || header.PayloadLength == 0)
        {
            Skip(layer, sequence, now);
            if (codec is null)
            {
                _context.Drops.Count(DropReason.RtpUnknownPayloadType);
            }
        }
        else if (!MediaPacket.TryDescribe(bytes, header, sequence, codec, Media.Extensions, out var packet))
        {
            Skip(layer, sequence, now);
            _context.Drops.Count(DropReason.PayloadMalformed);
        }
        else if (IsVideo)
        {
            ForwardVideo(layer, packet, now);
        }
        else
        {
            ForwardAudio(layer, packet, now);
        }
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
        else if (!MediaPacket.TryDescribe(bytes, header, sequence, codec, Media.Extensions, out var packet))
        {
            _context.Drops.Count(DropReason.PayloadMalformed);
        }
        else
        {
            layer.OnRelayed(sequence, now);
            if (IsVideo)
            {
                ForwardVideo(layer, packet, now);
            }
            else
            {
                ForwardAudio(layer, packet, now);
            }
        }
    }

    /// <summary>A number that carries nothing: it is left out of every slot's output.</summary>
    public void Skip(PublicationLayer layer, long sequence, MonotonicTime now)
    {
        foreach (var slot in _videoSlots)
        {
            slot.OnSkipped(layer, sequence, now);
        }

        foreach (var slot in _audioSlots)
        {
            slot.OnSkipped(layer, sequence);
        }

        foreach (var subscriber in _subscribers)
        {
            if (subscriber.Wants(layer))
            {
                subscriber.OnSkipped(layer, sequence);
            }
        }
    }

    /// <summary>Reads a packet back from the layer's cache.</summary>
    public bool TryRecall(PublicationLayer layer, long sequence, out MediaPacket packet)
    {
        if (layer.Cache.TryFind(sequence, out var bytes)
            && RtpHeader.TryParse(bytes, out var header, out _)
            && FindCodec(header.PayloadType) is { } codec)
        {
            return MediaPacket.TryDescribe(bytes, header, sequence, codec, Media.Extensions, out packet);
        }

        packet = default;
        return false;
    }

    private void ForwardVideo(PublicationLayer layer, in MediaPacket packet, MonotonicTime now)
    {
        layer.Cache.Store(packet.Sequence, packet.Bytes);
        if (packet.StartsKeyFrame)
        {
            layer.OnKeyFrame(packet);
        }

        var wanted = false;
        foreach (var slot in _videoSlots)
        {
            wanted |= slot.OnPacket(layer, packet, now);
        }

        wanted |= HandToSubscribers(layer, packet, now);
        if (!wanted)
        {
            _context.Drops.Count(DropReason.NoSubscriber);
        }
    }

    private void ForwardAudio(PublicationLayer layer, in MediaPacket packet, MonotonicTime now)
    {
        var isFirst = !Activity.HasPackets;
        Activity.OnPacket(packet.HasAudioLevel ? 127 - (packet.AudioLevel & 0x7F) : AudioActivity.UnknownLoudness, now);
        if (isFirst)
        {
            Publisher.Room.Enter(this);
        }

        foreach (var slot in _audioSlots)
        {
            slot.OnPacket(layer, packet, now);
        }

        if (!HandToSubscribers(layer, packet, now) && _audioSlots.Count == 0)
        {
            _context.Drops.Count(DropReason.NoSubscriber);
        }
    }

    /// <summary>True when somebody wanted the packet.</summary>
    private bool HandToSubscribers(PublicationLayer layer, in MediaPacket packet, MonotonicTime now)
    {
        var wanted = false;
        foreach (var subscriber in _subscribers)
        {
            if (subscriber.Wants(layer))
            {
                subscriber.OnPacket(layer, packet, now);
                wanted = true;
            }
        }

        return wanted;
    }
}
