using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Relays;
using MediaServer.Forwarding.Speakers;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Stun;

namespace MediaServer.Forwarding;

/// <summary>
/// Routes every datagram of one shard to its transport and every packet to the slots that show it. Commands and relays are in the other parts.
/// </summary>
public sealed partial class MediaRouter : IMediaRouter, IRelayEndpoint
{
    private readonly RouterContext _context;
    private readonly IDtlsSessionFactory _dtls;
    private readonly TransportTable _transports;
    private readonly DeadlineQueue _deadlines = new();
    private readonly Dictionary<RoomId, Room> _rooms = [];
    private readonly HandshakeQueue _handshakes = new();
    private readonly RoomDirectory _directory;
    private readonly List<long> _estimates = [];
    private MonotonicTime _speakersAt = MonotonicTime.Never;
    private MonotonicTime _estimatesAt;

    /// <param name="options">The rules.</param>
    /// <param name="dtls">Creates the DTLS sessions of new transports.</param>
    /// <param name="egress">Where datagrams go.</param>
    /// <param name="events">Where events go; called on the caller's thread.</param>
    /// <param name="ntpNow">The wall clock as 32.32 NTP at that monotonic time.</param>
    /// <param name="seed">Of everything random, so that a run can be replayed.</param>
    public MediaRouter(
        MediaRouterOptions options,
        IDtlsSessionFactory dtls,
        IEgress egress,
        IMediaEventSink events,
        Func<MonotonicTime, ulong> ntpNow,
        int seed)
    {
        _context = new RouterContext(options, egress, events, ntpNow, seed);
        _directory = new RoomDirectory(_context);
        _dtls = dtls;
        _transports = new TransportTable(egress);
    }

    /// <summary>At once while handshakes wait.</summary>
    public MonotonicTime NextDeadline => _handshakes.Count > 0 ? default : MonotonicTime.Min(
        MonotonicTime.Min(_deadlines.Next, _speakersAt),
        MonotonicTime.Min(_context.Frames.Next, _context.Voices.Next));

    public long Dropped(DropReason reason) => _context.Drops.Of(reason);

    public CongestionCounters Congestion => _context.Congestion;

    /// <summary>For tests: what is known of the way to a subscriber.</summary>
    internal Downlink? DownlinkOf(TransportId transport) => _transports.TryFind(transport, out var found) ? found.Downlink : null;

    /// <summary>Dispatch by the first byte, RFC 7983 section 7.</summary>
    public void OnDatagram(in TransportAddress from, Span<byte> datagram, MonotonicTime now)
    {
        if (datagram.Length < 2)
        {
            _context.Drops.Count(DropReason.TooShort);
            return;
        }

        switch (datagram[0])
        {
            case <= 3:
                OnStun(from, datagram, now);
                return;

            case >= 20 and <= 63:
                OnDtls(from, datagram, now);
                return;

            case >= 128 and <= 191:
                OnMedia(from, datagram, now);
                return;

            default:
                _context.Drops.Count(DropReason.UnknownFirstByte);
                return;
        }
    }

    public void OnTimeout(MonotonicTime now)
    {
        _context.Frames.DispatchDue(now);
        _context.Voices.DispatchDue(now);
        ContinueHandshakes(now);
        while (_deadlines.PeekDue(now) is { } transport)
        {
            transport.OnTimeout(now);
            CloseIfEnded(transport, now);
        }

        if (now >= _speakersAt)
        {
            foreach (var room in _rooms.Values)
            {
                room.Update(now);
            }

            _context.Exports.Tick(now);
            _context.Imports.Tick(now);
            if (now >= _estimatesAt)
            {
                _estimatesAt = now.AddMilliseconds(_context.Options.QualityInterval);
                SummariseEstimates();
            }

            _speakersAt = _rooms.Count == 0 ? MonotonicTime.Never : now.AddMilliseconds(_context.Options.SpeakerInterval);
        }
    }

    /// <summary>A check names its transport by ufrag; only a verified one ties the address to it.</summary>
    private void OnStun(in TransportAddress from, ReadOnlySpan<byte> datagram, MonotonicTime now)
    {
        if (!StunMessage.TryParse(datagram, out var message, out var reason))
        {
            _context.Drops.Count(reason);
        }
        else if (message.Class != StunClass.Request)
        {
            _context.Drops.Count(DropReason.StunNotBindingRequest);
        }
        else if (!IceLiteAgent.TryReadLocalUfrag(message, out var ufrag) || !_transports.TryFind(ufrag, out var transport))
        {
            _context.Drops.Count(DropReason.StunUnknownUsername);
        }
        else if (transport.OnStun(from, message, now))
        {
            _transports.BindAddress(from, transport);
        }
    }

    private void OnDtls(in TransportAddress from, ReadOnlySpan<byte> datagram, MonotonicTime now)
    {
        if (!_transports.TryFind(from, out var transport))
        {
            _context.Drops.Count(DropReason.UnknownAddress);
            return;
        }

        if (transport.IsConnected)
        {
            transport.OnDtls(from, datagram, now);
            CloseIfEnded(transport, now);
        }
        else if (!_handshakes.TryAdd(transport, from, datagram))
        {
            _context.Drops.Count(DropReason.HandshakeQueueFull);
        }
    }

    private void ContinueHandshakes(MonotonicTime now)
    {
        for (var i = 0; i < _context.Options.HandshakesPerTurn && _handshakes.TryTake(out var waiting); i++)
        {
            if (!waiting.Transport.IsClosed)
            {
                waiting.Transport.OnDtls(waiting.From, waiting.Datagram, now);
                CloseIfEnded(waiting.Transport, now);
            }
        }
    }

    private void OnMedia(in TransportAddress from, Span<byte> datagram, MonotonicTime now)
    {
        if (!_transports.TryFind(from, out var transport))
        {
            _context.Drops.Count(DropReason.UnknownAddress);
        }
        else if (RtpHeader.IsRtcp(datagram))
        {
            transport.OnRtcp(datagram, now);
        }
        else if (RtpHeader.IsRtp(datagram))
        {
            transport.OnRtp(datagram, now);
        }
        else
        {
            _context.Drops.Count(DropReason.RtpMalformed);
        }
    }

    /// <summary>For the metrics, which are read from other threads: they get numbers and not the transports.</summary>
    private void SummariseEstimates()
    {
        _estimates.Clear();
        var suspended = 0;
        foreach (var transport in _transports.All)
        {
            suspended += transport.SuspendedSlots;
            if (transport.Downlink is { IsMeasured: true } downlink)
            {
                _estimates.Add(downlink.Bitrate);
            }
        }

        _estimates.Sort();
        var counters = _context.Congestion;
        counters.SuspendedSlots = suspended;
        counters.Estimates = _estimates.Count;
        counters.LowestEstimate = _estimates.Count == 0 ? 0 : _estimates[0];
        counters.MedianEstimate = _estimates.Count == 0 ? 0 : _estimates[_estimates.Count / 2];
    }

    private void CloseIfEnded(PeerTransport transport, MonotonicTime now)
    {
        if (transport.EndReason is { } reason)
        {
            Close(transport, reason, now);
        }
    }
}
