using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>One receive-only audio m-line of a subscriber; the room's speakers take turns in it.</summary>
internal sealed class AudioSlot
{
    private const int MaxPadding = 64;

    private readonly RouterContext _context;
    private readonly PeerTransport _transport;
    private readonly SequenceRewriter _sequence;
    private readonly TimestampRewriter _timestamp;
    private PublicationLayer? _current;
    private int _generation;
    private NegotiatedCodec? _sourceCodec;
    private NegotiatedCodec? _slotCodec;

    public AudioSlot(RouterContext context, PeerTransport transport, NegotiatedMedia media)
    {
        _context = context;
        _transport = transport;
        Sender = new SlotSender(context, transport, media);
        _sequence = new SequenceRewriter((ushort)context.Random.Next(0x8000));
        _timestamp = new TimestampRewriter((uint)context.Random.Next());
    }

    public SlotSender Sender { get; }

    public string Mid => Sender.Media.Mid;

    public Publication? Source { get; private set; }

    public void Update(NegotiatedMedia media)
    {
        Sender.Update(media);
        _sourceCodec = null;
    }

    public void Fill(Publication publication, MonotonicTime now)
    {
        Source?.AudioSlots.Remove(this);
        Source = publication;
        _current = null;
        publication.AudioSlots.Add(this);
        _context.Emit(new SlotFilled(_transport.Id, Mid, publication.Id));
    }

    public void Empty()
    {
        if (Source is not null)
        {
            Source.AudioSlots.Remove(this);
            Source = null;
            _current = null;
            _context.Emit(new SlotFilled(_transport.Id, Mid, null));
        }
    }

    /// <summary>The next packet starts anew: what was missed in between is not a loss.</summary>
    public void OnSourcePaused() => _current = null;

    /// <param name="layer">Of the publication in this slot.</param>
    /// <param name="packet">Its next packet.</param>
    /// <param name="longest">Bytes of the longest payload that leaves together with this one: it is padded to it if that costs little. 0 does not.</param>
    /// <param name="now">The time.</param>
    public void OnPacket(PublicationLayer layer, in MediaPacket packet, int longest, MonotonicTime now)
    {
        if (!_transport.IsConnected)
        {
            return;
        }

        if (!ReferenceEquals(packet.Codec, _sourceCodec))
        {
            _sourceCodec = packet.Codec;
            _slotCodec = Sender.Match(packet.Codec);
        }

        if (_slotCodec is null)
        {
            return;
        }

        var starts = _current != layer || _generation != layer.Generation;
        if (starts)
        {
            _sequence.Switch(packet.Sequence);
            _timestamp.Switch(packet.Header.Timestamp, _slotCodec.ClockRate, null, now);
            _current = layer;
            _generation = layer.Generation;
        }

        if (!_sequence.TryMap(packet.Sequence, out var sequence))
        {
            return;
        }

        var numbers = new OutgoingNumbers(_slotCodec, (ushort)sequence, _timestamp.Map(packet.Header.Timestamp), default);
        _timestamp.OnSent(numbers.Timestamp, now);

        // RFC 3551 section 4.1: the marker opens a talkspurt, and a new voice is one.
        Sender.Send(packet, numbers, packet.Header.Marker || starts, layer.Publication.Publisher.SpeakerNumber, Padding(packet, longest), now);
    }

    /// <summary>Opus packets of one voice differ more than the packets of a frame.</summary>
    private static int Padding(in MediaPacket packet, int longest) => longest - packet.Payload.Length is > 0 and <= MaxPadding and var missing ? missing : 0;

    public void OnSkipped(PublicationLayer layer, long sequence)
    {
        if (_current == layer && _generation == layer.Generation)
        {
            _sequence.TrySkip(sequence);
        }
    }

    public void WriteReport(ref RtcpWriter writer, MonotonicTime now)
    {
        if (_current is { } layer && _slotCodec is { } codec
            && layer.Publication.Publisher.Clock.TryMapTimestamp(layer, codec.ClockRate, _context.NtpAt(now), out var timestamp))
        {
            Sender.WriteReport(ref writer, _context.NtpAt(now), _timestamp.Map(timestamp));
        }
    }
}
