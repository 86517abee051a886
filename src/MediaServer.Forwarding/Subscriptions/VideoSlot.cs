using System.Runtime.CompilerServices;
using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>
/// One receive-only video m-line of a subscriber. Shows one layer of one publication under its own fixed SSRC; every start and every
/// change of layer happens at a key frame, and until then the present layer goes on.
/// </summary>
internal sealed partial class VideoSlot
{
    private const int ClockRate = 90_000;

    private const int IdleRequestInterval = 2000;

    private const int Unlimited = int.MaxValue;

    /// <summary>How many packets that overtook their key frame's first packet are caught up with.</summary>
    private const int MaxCatchUp = 256;

    private readonly RouterContext _context;
    private readonly PeerTransport _transport;
    private readonly SequenceRewriter _sequence;
    private readonly TimestampRewriter _timestamp;
    private readonly Vp8Rewriter _vp8 = new();
    private readonly SentHistory _history = new();
    private PublicationLayer? _current;
    private PublicationLayer? _target;
    private int _generation;
    private NegotiatedCodec? _sourceCodec;
    private NegotiatedCodec? _slotCodec;
    private PublicationId? _announced;
    private bool _announcedSuspended;
    private MonotonicTime _nextIdleRequest;
    private int _limit = Unlimited;
    private bool _isNew = true;

    public VideoSlot(RouterContext context, PeerTransport transport, NegotiatedMedia media)
    {
        _context = context;
        _transport = transport;
        Sender = new SlotSender(context, transport, media);
        _sequence = new SequenceRewriter((ushort)context.Random.Next(0x8000));
        _timestamp = new TimestampRewriter((uint)context.Random.Next());
    }

    public SlotSender Sender { get; }

    public string Mid => Sender.Media.Mid;

    /// <summary>What the control plane asked for; may not exist yet, or be in another room.</summary>
    public PublicationId? Wanted { get; private set; }

    public Publication? Source { get; private set; }

    public int MaxHeight { get; private set; }

    public int Priority { get; private set; }

    /// <summary>The layer that is being forwarded, null while waiting for a first key frame.</summary>
    public PublicationLayer? CurrentLayer => _current;

    public PublicationLayer? TargetLayer => _target;

    public bool IsWaitingForSource => Wanted is not null && Source is null;

    public void Update(NegotiatedMedia media)
    {
        Sender.Update(media);
        _sourceCodec = null;
    }

    public void Assign(PublicationId? wanted, int maxHeight, int priority)
    {
        MaxHeight = maxHeight;
        Priority = priority;
        if (Wanted != wanted)
        {
            Wanted = wanted;
            Release();
        }
    }

    public void Attach(Publication publication, MonotonicTime now)
    {
        Source = publication;
        publication.VideoSlots.Add(this);
        _transport.AllocateVideo(now);
        ChooseLayer(now);
    }

    /// <summary>Takes the source away; what is wanted stays wanted.</summary>
    public void Detach()
    {
        Release();
        Announce(null);
    }

    /// <summary>The wanted publication is not there: the slot is empty.</summary>
    public void AnnounceEmpty() => Announce(null);

    /// <summary>The publication's gate moved: what comes next starts at a key frame.</summary>
    public void OnSourcePaused(MonotonicTime now)
    {
        StopCurrent();
        ChooseLayer(now);
    }

    /// <summary>Picks the layer for the tile's height among those that arrive, and asks for a key frame as long as it waits for one.</summary>
    public void ChooseLayer(MonotonicTime now)
    {
        if (Source is null)
        {
            return;
        }

        _target = IsSuspended
            ? null
            : LayerSelector.Choose(Source.Layers, MaxHeight, _limit, now) ?? _target ?? LayerSelector.ChooseIdle(Source.Layers);
        Source.Want(WantedLayers(Source), now);
        if (_target is null || !Source.IsGateOpen || !_transport.IsConnected || IsForwarding(_target))
        {
            return;
        }

        // A screen that does not change sends nothing until it is asked; a camera that is off need not be asked often.
        if (_target.IsActive(now) || now >= _nextIdleRequest)
        {
            _nextIdleRequest = now.AddMilliseconds(IdleRequestInterval);
            Source.Transport.RequestKeyFrame(_target, now);
        }
    }

    /// <summary>True when the slot uses the packet's layer.</summary>
    public bool OnPacket(PublicationLayer layer, in MediaPacket packet, MonotonicTime now)
    {
        if (!_transport.IsConnected || !TryMatchCodec(packet.Codec))
        {
            return false;
        }

        if (_target is null && !IsSuspended)
        {
            ChooseLayer(now);
        }

        var forwarding = IsForwarding(layer);
        if (!forwarding && packet.StartsKeyFrame && MaySwitchTo(layer))
        {
            SwitchTo(layer, packet, now);
            return true;
        }

        if (forwarding)
        {
            Forward(layer, packet, now);
        }

        return forwarding || layer == _target;
    }

    /// <summary>A packet of <paramref name="layer"/> that carries nothing for a subscriber: its number is left out of the output.</summary>
    public void OnSkipped(PublicationLayer layer, long sequence, MonotonicTime now)
    {
        if (IsForwarding(layer) && !_sequence.TrySkip(sequence) && _slotCodec is not null && _sequence.TryMap(sequence, out var output))
        {
            Sender.SendEmpty(_slotCodec.PayloadType, (ushort)output, _timestamp.LastOutput, now);
        }
    }

    /// <summary>The subscriber misses <paramref name="sequence"/>: sends it again from the publisher's cache, once per round trip.</summary>
    public void OnNack(ushort sequence, int roundTripMilliseconds, MonotonicTime now)
    {
        ref var sent = ref _history.Find(sequence);
        if (Unsafe.IsNullRef(ref sent) || (sent.Resent && now - sent.ResentAt < Math.Max(10, roundTripMilliseconds) * 900L))
        {
            return;
        }

        var layer = sent.Layer!;
        if (layer.Generation == sent.Generation && layer.Publication.TryRecall(layer, sent.SourceSequence, out var packet))
        {
            sent.Resent = true;
            sent.ResentAt = now;
            Sender.Resend(packet, sent, now);
        }
    }

    /// <summary>The subscriber's decoder needs a key frame.</summary>
    public void OnKeyFrameRequest(MonotonicTime now)
    {
        if (Source is { IsGateOpen: true } source && (_current ?? _target) is { } layer)
        {
            source.Transport.RequestKeyFrame(layer, now);
        }
    }

    public void WriteReport(ref RtcpWriter writer, MonotonicTime now)
    {
        if (_current is { } layer
            && layer.Publication.Transport.Clock.TryMapTimestamp(layer, ClockRate, _context.NtpAt(now), out var timestamp))
        {
            Sender.WriteReport(ref writer, _context.NtpAt(now), _timestamp.Map(timestamp));
        }
    }

    private bool IsForwarding(PublicationLayer layer) => _current == layer && _generation == layer.Generation;

    /// <summary>A first picture may come from any layer up to the target; later only the target is a reason to switch.</summary>
    private bool MaySwitchTo(PublicationLayer layer) =>
        layer == _target || (_target is not null && _current is null && layer.Index < _target.Index);

    private bool TryMatchCodec(NegotiatedCodec codec)
    {
        if (!ReferenceEquals(codec, _sourceCodec))
        {
            _sourceCodec = codec;
            _slotCodec = Sender.Match(codec);
        }

        return _slotCodec is not null;
    }

    private void SwitchTo(PublicationLayer layer, in MediaPacket first, MonotonicTime now)
    {
        if (_current is not null && _current.Publication == layer.Publication && _current != layer)
        {
            _context.Congestion.LayerSwitches++;
        }

        // What still waits of the old layer would come too late, and has no place in the new numbering.
        _transport.Downlink?.Pacer.Discard(this);
        _sequence.Switch(first.Sequence);
        _timestamp.Switch(first.Header.Timestamp, ClockRate, ExactTimestamp(layer, first.Header.Timestamp), now);
        if (first.HasVp8)
        {
            _vp8.Switch(first.Vp8);
        }

        _current = layer;
        _generation = layer.Generation;
        Forward(layer, first, now);

        // A key frame whose first packet was late or repaired: what overtook it is in the cache.
        var last = Math.Min(layer.HighestSequence, first.Sequence + MaxCatchUp);
        for (var sequence = first.Sequence + 1; sequence <= last; sequence++)
        {
            if (layer.Publication.TryRecall(layer, sequence, out var packet))
            {
                Forward(layer, packet, now);
            }
            else if (layer.Window.Contains(sequence))
            {
                _sequence.TrySkip(sequence);
            }
        }

        Announce(layer.Publication.Id);
    }

    /// <summary>Where the new layer's timestamp falls on the slot's clock, by the sender reports of both layers.</summary>
    private uint? ExactTimestamp(PublicationLayer layer, uint timestamp)
    {
        if (_current is not { } old || old.Publication != layer.Publication || old == layer || !old.Clock.IsKnown || !layer.Clock.IsKnown)
        {
            return null;
        }

        return _timestamp.Map(old.Clock.TimestampAt(layer.Clock.NtpAt(timestamp, ClockRate), ClockRate));
    }

    private void Forward(PublicationLayer layer, in MediaPacket packet, MonotonicTime now)
    {
        if (_transport.Downlink is { } downlink && downlink.MustWait(now))
        {
            _transport.Pace(new PacedPacket(this, layer, packet.Sequence, packet.Bytes.Length, packet.StartsKeyFrame), now);
            return;
        }

        SendNow(layer, packet, now);
    }

    private void SendNow(PublicationLayer layer, in MediaPacket packet, MonotonicTime now)
    {
        if (!_sequence.TryMap(packet.Sequence, out var sequence))
        {
            return;
        }

        ref var sent = ref _history.Add((ushort)sequence);
        sent.Layer = layer;
        sent.Generation = _generation;
        sent.SourceSequence = packet.Sequence;
        sent.Timestamp = _timestamp.Map(packet.Header.Timestamp);
        sent.PayloadType = _slotCodec!.PayloadType;
        sent.RtxPayloadType = _slotCodec.RtxPayloadType ?? 0;
        sent.Vp8 = packet.HasVp8 ? _vp8.Map(packet.Vp8) : default;
        _timestamp.OnSent(sent.Timestamp, now);
        Sender.Send(packet, sent, packet.Header.Marker, 0, now);
    }

    /// <summary>Stops at once; what comes next starts at a key frame.</summary>
    private void StopCurrent()
    {
        _current = null;
        _transport.Downlink?.Pacer.Discard(this);
    }

    private void Release()
    {
        Source?.VideoSlots.Remove(this);
        Source = null;
        StopCurrent();
        _target = null;
        _limit = Unlimited;
        _isNew = true;
        _nextIdleRequest = default;
        _history.Clear();
    }

    private void Announce(PublicationId? publication, bool suspended = false)
    {
        if (_announced != publication || _announcedSuspended != suspended)
        {
            _announced = publication;
            _announcedSuspended = suspended;
            _context.Emit(new SlotFilled(_transport.Id, Mid, publication, suspended));
        }
    }
}
