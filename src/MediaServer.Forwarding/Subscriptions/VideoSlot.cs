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

    /// <summary>What an equal length may cost, in bytes.</summary>
    private const int MaxPadding = 16;

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
            var former = Wanted;
            Wanted = wanted;
            Release();
            _context.Imports.Replace(former, wanted, _transport.Room.Id);
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
        if (_target is null || !Source.IsGateOpen || !_transport.TakesVideo || IsForwarding(_target))
        {
            return;
        }

        // A screen that does not change sends nothing until it is asked; a camera that is off need not be asked often.
        if (_target.IsActive(now) || now >= _nextIdleRequest)
        {
            _nextIdleRequest = now.AddMilliseconds(IdleRequestInterval);
            Source.Publisher.RequestKeyFrame(_target, now);
        }
    }

    /// <summary>A frame of <paramref name="layer"/>, or the part of it that has come. True when the slot uses the layer.</summary>
    public bool OnFrame(PublicationLayer layer, FrameBatch frame, MonotonicTime now)
    {
        if (!_transport.TakesVideo)
        {
            return _transport.IsConnected && IsHeldBack(layer, frame);
        }

        if (_target is null && !IsSuspended)
        {
            ChooseLayer(now);
        }

        var wanted = layer == _target || IsForwarding(layer);
        for (var i = 0; i < frame.Count; i++)
        {
            ref readonly var packet = ref frame[i];
            if (packet.Codec is null)
            {
                OnSkipped(layer, packet.Sequence, now);
            }
            else if (!TryMatchCodec(packet.Codec))
            {
                return false;
            }
            else if (IsForwarding(layer) || (packet.StartsKeyFrame && MaySwitchTo(layer)))
            {
                wanted |= OnPacket(layer, frame, i, now);
            }
        }

        return wanted;
    }

    /// <summary>The subscriber misses <paramref name="sequence"/>: sends it again from the publisher's cache, once per round trip.</summary>
    public void OnNack(ushort sequence, int roundTripMilliseconds, MonotonicTime now)
    {
        if (_history.TryResend(sequence, Math.Max(10, roundTripMilliseconds) * 9 / 10, now, out var layer, out var source, out var numbers)
            && layer.Publication.TryRecall(layer, source, out var packet))
        {
            Sender.Resend(packet, numbers, now);
        }
    }

    /// <summary>The subscriber's decoder needs a key frame.</summary>
    public void OnKeyFrameRequest(MonotonicTime now)
    {
        if (_transport.TakesVideo && Source is { IsGateOpen: true } source && (_current ?? _target) is { } layer)
        {
            source.Publisher.RequestKeyFrame(layer, now);
        }
    }

    public void WriteReport(ref RtcpWriter writer, MonotonicTime now)
    {
        if (_current is { } layer
            && layer.Publication.Publisher.Clock.TryMapTimestamp(layer, ClockRate, _context.NtpAt(now), out var timestamp))
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

    private bool OnPacket(PublicationLayer layer, FrameBatch frame, int index, MonotonicTime now)
    {
        if (!layer.Cache.TryFind(frame[index].Sequence, out var bytes))
        {
            return false;
        }

        var packet = new MediaPacket(bytes, frame[index]);
        if (!IsForwarding(layer))
        {
            SwitchTo(layer, packet, now);
            Forward(layer, packet, Padding(frame, index), now);
            CatchUp(layer, frame, index, now);
            Announce(layer.Publication.Id);
        }
        else
        {
            Forward(layer, packet, Padding(frame, index), now);
        }

        return true;
    }

    /// <summary>A packet of <paramref name="layer"/> that carries nothing for a subscriber: its number is left out of the output.</summary>
    private void OnSkipped(PublicationLayer layer, long sequence, MonotonicTime now)
    {
        if (IsForwarding(layer) && !_sequence.TrySkip(sequence) && _slotCodec is not null && _sequence.TryMap(sequence, out var output))
        {
            Sender.SendEmpty(_slotCodec.PayloadType, (ushort)output, _timestamp.LastOutput, now);
        }
    }

    /// <summary>Senders cut a frame into nearly equal packets; equal ones leave as one message, so the few missing bytes are padded.</summary>
    private static int Padding(FrameBatch frame, int index) =>
        index < frame.Count - 1 && frame.LargestPayload - frame[index].Header.PayloadLength is > 0 and <= MaxPadding and var missing ? missing : 0;

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
    }

    /// <summary>A key frame whose first packet was late or repaired: what overtook it is in the cache, or still to come in this frame.</summary>
    private void CatchUp(PublicationLayer layer, FrameBatch frame, int index, MonotonicTime now)
    {
        var first = frame[index].Sequence;
        var last = Math.Min(layer.HighestSequence, first + MaxCatchUp);
        for (var sequence = first + 1; sequence <= last; sequence++)
        {
            if (frame.ContainsAfter(index, sequence))
            {
                continue;
            }

            if (layer.Publication.TryRecall(layer, sequence, out var packet))
            {
                Forward(layer, packet, 0, now);
            }
            else if (layer.Window.Contains(sequence))
            {
                _sequence.TrySkip(sequence);
            }
        }
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

    private void Forward(PublicationLayer layer, in MediaPacket packet, int padding, MonotonicTime now)
    {
        if (_transport.Downlink is { } downlink && downlink.MustWait(now))
        {
            // The pacer may just have given this slot up.
            if (IsForwarding(layer))
            {
                _transport.Pace(new PacedPacket(this, layer, packet.Sequence, packet.Bytes.Length, packet.StartsKeyFrame), now);
            }

            return;
        }

        SendNow(layer, packet, padding, now);
    }

    private void SendNow(PublicationLayer layer, in MediaPacket packet, int padding, MonotonicTime now)
    {
        if (!_sequence.TryMap(packet.Sequence, out var sequence))
        {
            return;
        }

        var numbers = new OutgoingNumbers(
            _slotCodec!,
            (ushort)sequence,
            _timestamp.Map(packet.Header.Timestamp),
            packet.HasVp8 ? _vp8.Map(packet.Vp8) : default);
        _history.Add(layer, _slotCodec!, packet.Sequence, numbers);
        _timestamp.OnSent(numbers.Timestamp, now);
        Sender.Send(packet, numbers, packet.Header.Marker, 0, padding, now);
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
