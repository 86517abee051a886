using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Speakers;
using MediaServer.Forwarding.Subscriptions;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;
using MediaServer.Protocol.Srtp;
using MediaServer.Protocol.Stun;

namespace MediaServer.Forwarding.Transports;

/// <summary>
/// One peer connection: ICE, DTLS and SRTP of one participant, what it publishes and the slots in which it receives. This part is its life:
/// connecting and closing. Negotiation, paths, packets, reports and timers are in the other parts.
/// </summary>
internal sealed partial class PeerTransport : IDtlsOutput, IPublisher, IAudioListener
{
    private const int MaxAddresses = 8;

    private readonly RouterContext _context;
    private readonly DeadlineQueue _deadlines;
    private readonly IceLiteAgent _ice;
    private readonly DtlsGate _dtls;
    private readonly InboundStreams _streams;
    private readonly Dictionary<uint, VideoSlot> _videoSlotsBySsrc = [];
    private readonly List<TransportAddress> _addresses = [];
    private IceCredentials _remoteIce;
    private TransportAddress _dtlsAddress;
    private bool _closed;

    public PeerTransport(RouterContext context, DeadlineQueue deadlines, IDtlsSessionFactory dtls, OpenTransport command, Room room, MonotonicTime now)
    {
        _context = context;
        _deadlines = deadlines;
        Id = command.Transport;
        SpeakerNumber = command.SpeakerNumber;
        Room = room;
        LocalUfrag = command.Media.LocalIce.UsernameFragment;
        _remoteIce = command.Media.RemoteIce;
        _ice = new IceLiteAgent(command.Media.LocalIce, command.Media.RemoteIce, now);
        _dtls = new DtlsGate(dtls, command.Media.RemoteFingerprint);
        _streams = new InboundStreams(Publications);
        _localSsrc = (uint)context.Random.Next(1, int.MaxValue);
        ApplyMedia(command.Media);
        Reschedule(now);
    }

    public TransportId Id { get; }

    public uint SpeakerNumber { get; }

    public Room Room { get; private set; }

    public string LocalUfrag { get; private set; }

    public List<Publication> Publications { get; } = [];

    public List<VideoSlot> VideoSlots { get; } = [];

    public List<AudioSlot> AudioSlots { get; } = [];

    public PublisherClock Clock { get; } = new();

    /// <summary>The addresses from which this transport's datagrams are accepted.</summary>
    public List<TransportAddress> Addresses => _addresses;

    /// <summary>Null until the DTLS handshake is done.</summary>
    public SrtpSession? Srtp { get; private set; }

    public bool IsClosed => _closed;

    /// <summary>Kept by the <see cref="HandshakeQueue"/>.</summary>
    public int WaitingHandshakeDatagrams { get; set; }

    /// <summary>Keys are there and the peer is reached.</summary>
    public bool IsConnected => Srtp is not null && !_closed && !_destination.IsDefault;

    /// <summary>Set when the transport has come to its end by itself; the router then closes it.</summary>
    public TransportCloseReason? EndReason { get; private set; }

    public Publication? FindPublication(string mid)
    {
        foreach (var publication in Publications)
        {
            if (publication.Id.Mid == mid)
            {
                return publication;
            }
        }

        return null;
    }

    public VideoSlot? FindVideoSlot(string mid)
    {
        foreach (var slot in VideoSlots)
        {
            if (slot.Mid == mid)
            {
                return slot;
            }
        }

        return null;
    }

    /// <summary>A verified STUN message is answered; true when <paramref name="from"/> is validated and may carry DTLS and media.</summary>
    public bool OnStun(in TransportAddress from, in StunMessage message, MonotonicTime now)
    {
        Span<byte> response = stackalloc byte[IceLiteAgent.MaxResponseLength];
        if (!_ice.OnBindingRequest(from, message, now, response, out var length, out var reason))
        {
            _context.Drops.Count(reason);
            return false;
        }

        SetDestination(_ice.SelectedAddress, now);
        SendPlain(from, response[..length]);
        return _ice.IsValidated(from);
    }

    public void OnDtls(in TransportAddress from, ReadOnlySpan<byte> datagram, MonotonicTime now)
    {
        _dtlsAddress = from;
        if (!_dtls.TryReceive(from, datagram, _ice, now, this, out var reason))
        {
            _context.Drops.Count(reason);
        }

        OnDtlsProgress(now);
    }

    /// <summary>Remembers an address; true with the oldest unused one when there are too many.</summary>
    public bool RememberAddress(in TransportAddress address, out TransportAddress forgotten)
    {
        _addresses.Add(address);
        forgotten = default;
        if (_addresses.Count <= MaxAddresses)
        {
            return false;
        }

        var index = _addresses[0] == Destination ? 1 : 0;
        forgotten = _addresses[index];
        _addresses.RemoveAt(index);
        return true;
    }

    public void ForgetAddress(in TransportAddress address) => _addresses.Remove(address);

    /// <summary>Ends everything: slots are emptied and announced, publications leave the slots of others, keys are disposed of.</summary>
    public void Close(TransportCloseReason reason, MonotonicTime now)
    {
        if (_closed)
        {
            return;
        }

        foreach (var publication in Publications)
        {
            publication.LeaveSlots(forget: true);
        }

        ReleaseSlots(forget: true);
        if (reason == TransportCloseReason.Requested && _ice.HasValidPair)
        {
            _dtlsAddress = Destination;
            _dtls.Close(now, this);
        }

        _closed = true;
        Srtp?.Dispose();
        Srtp = null;
        _dtls.Dispose();
        _context.Emit(new TransportClosed(Id, reason));
    }

    /// <summary>Takes this transport's publications out of the slots of others, and others' publications out of its own.</summary>
    public void LeaveSlots()
    {
        foreach (var publication in Publications)
        {
            publication.LeaveSlots(forget: false);
        }

        ReleaseSlots(forget: false);
    }

    /// <summary>What this transport wants to see, it wants to see in the new room.</summary>
    public void GoTo(Room room)
    {
        foreach (var slot in VideoSlots)
        {
            _context.Imports.Replace(slot.Wanted, null, Room.Id);
            _context.Imports.Replace(null, slot.Wanted, room.Id);
        }

        Room = room;
    }

    int IAudioListener.AudioSlotCount => AudioSlots.Count;

    Publication? IAudioListener.HeardIn(int slot) => AudioSlots[slot].Source;

    void IAudioListener.Hear(int slot, Publication publication, MonotonicTime now) => AudioSlots[slot].Fill(publication, now);

    /// <summary>Nobody hears themselves.</summary>
    bool IAudioListener.MayHear(Publication publication) => publication.Publisher != this;

    void IDtlsOutput.SendDtls(ReadOnlySpan<byte> datagram)
    {
        if (!_dtlsAddress.IsDefault)
        {
            SendPlain(_dtlsAddress, datagram);
        }
    }

    private void ReleaseSlots(bool forget)
    {
        foreach (var slot in VideoSlots)
        {
            if (forget)
            {
                slot.Assign(null, 0, 0);
            }

            slot.Detach();
        }

        foreach (var slot in AudioSlots)
        {
            slot.Empty();
        }
    }

    private void OnDtlsProgress(MonotonicTime now)
    {
        if (Srtp is null && _dtls.State == DtlsState.Connected && _dtls.KeyingMaterial is { } keys)
        {
            Srtp = new SrtpSession(keys);
            _context.Emit(new TransportConnected(Id));
            StartTimers(now);
            foreach (var slot in VideoSlots)
            {
                slot.ChooseLayer(now);
            }
        }

        if (_dtls.State is DtlsState.Closed or DtlsState.Failed)
        {
            EndReason ??= _dtls.State == DtlsState.Closed ? TransportCloseReason.ClosedByPeer : TransportCloseReason.HandshakeFailed;
        }

        Schedule(_dtls.NextDeadline);
    }

    private void SendPlain(in TransportAddress destination, ReadOnlySpan<byte> datagram)
    {
        var buffer = _context.Egress.Reserve(destination, datagram.Length);
        if (buffer.Length < datagram.Length)
        {
            _context.Drops.Count(DropReason.EgressFull);
            return;
        }

        datagram.CopyTo(buffer);
        _context.Egress.Commit(datagram.Length);
    }
}
