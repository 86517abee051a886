using MediaServer.Contracts;
using MediaServer.Forwarding.Commands;
using MediaServer.Meetings.Participants;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Sdp;
using static MediaServer.Server.Grains.ContractMapping;

namespace MediaServer.Server.Media;

/// <summary>
/// Who publishes what on which transport of a meeting, and who wants to see whom. Wishes outlive the publisher's transport: when somebody
/// reloads, the others' slots are pointed to the new one without their doing.
/// </summary>
internal sealed class MeetingMedia : IDisposable
{
    public const int AudioSlots = 3;
    public const int MaxVideoSlots = 49;
    private const int MaxHeight = 4320;
    private readonly string _code;
    private readonly IMediaGateway _gateway;
    private readonly RoomId _room;
    private readonly Dictionary<ParticipantId, PeerMedia> _peers = [];
    private readonly Dictionary<TransportId, ParticipantId> _owners = [];

    public MeetingMedia(string code, IMediaGateway gateway)
    {
        _code = code;
        _gateway = gateway;
        _room = gateway.OpenRoom(code);
    }

    public bool HasTransport(ParticipantId id) => _peers.ContainsKey(id);

    public ParticipantId? OwnerOf(TransportId transport) => _owners.TryGetValue(transport, out var owner) ? owner : null;

    public HubResult<NegotiateReply> Negotiate(ParticipantState participant, NegotiateRequest request)
    {
        var existing = request.Restart ? null : _peers.GetValueOrDefault(participant.Id);
        var version = (existing?.SessionVersion ?? 0) + 1;
        var id = existing?.Id ?? _gateway.NewTransport(_code);
        var policy = new AnswerPolicy
        {
            LocalIce = IceCredentialsFactory.Create(),
            LocalFingerprint = _gateway.LocalFingerprint,
            Candidates = _gateway.CandidatesOf(id),
            NextSsrc = new SsrcSource(existing?.Transport).Next,
            MaxAudioSlots = AudioSlots,
            MaxVideoSlots = MaxVideoSlots,
            SessionVersion = version,
        };
        var answer = OfferAnswerer.Answer(request.Sdp, policy, existing?.Transport);
        var sources = new Dictionary<MediaSource, string>();
        var refusal = answer.Transport is null
            ? Refuse<NegotiateReply>(answer.ErrorCode!, answer.ErrorMessage!)
            : !TryReadSources(request.Publications, answer.Transport, out sources, out var error)
            ? Refuse<NegotiateReply>(ErrorCodes.InvalidArgument, error)
            : null;
        if (refusal is not null)
        {
            if (existing is null)
            {
                _gateway.ForgetTransport(id);
            }

            return refusal;
        }

        if (existing is null)
        {
            Close(participant.Id);
            Open(id, participant, answer.Transport!, sources);
        }
        else
        {
            existing.Update(answer.Transport!, sources, version);
            _gateway.Post(new UpdateTransport(existing.Id, answer.Transport!));
            ApplyDevices(participant.Id, participant.Devices);
        }

        ReapplyWishesFor(participant.Id);
        return Ok(new NegotiateReply(answer.Sdp!));
    }

    /// <summary>Applies what can be applied; says what could not.</summary>
    public HubResult<Done> ChooseSlots(ParticipantId subscriber, ChooseSlotsRequest request, Func<ParticipantId, bool> isHere)
    {
        if (!_peers.TryGetValue(subscriber, out var peer))
        {
            return Refuse<Done>(ErrorCodes.SlotUnknown, "Negotiate first: there are no slots yet.");
        }

        HubResult<Done>? refusal = null;
        foreach (var choice in request.Slots)
        {
            if (choice?.Mid is null || !peer.IsVideoSlot(choice.Mid))
            {
                refusal ??= Refuse<Done>(ErrorCodes.SlotUnknown, $"There is no video slot '{choice?.Mid}'.");
            }
            else if (choice.ParticipantId is { } wanted && !isHere(new ParticipantId(wanted)))
            {
                refusal ??= Refuse<Done>(ErrorCodes.ParticipantUnknown, $"There is no participant '{wanted}' in this meeting.");
            }
            else if (choice.Height is < 0 or > MaxHeight)
            {
                refusal ??= Refuse<Done>(ErrorCodes.InvalidArgument, $"The height must be 0-{MaxHeight} pixels.");
            }
            else
            {
                peer.Wishes[choice.Mid] = choice;
                Assign(peer, choice);
            }
        }

        return refusal ?? Ok(new Done());
    }

    /// <summary>The server stops what is off before fan-out, whatever the client does.</summary>
    public void ApplyDevices(ParticipantId id, Devices devices)
    {
        if (!_peers.TryGetValue(id, out var peer))
        {
            return;
        }

        foreach (var media in peer.Transport.Media.Where(m => m.Flow == MediaFlow.Receive))
        {
            // A line that the client sends on without saying what it carries stays shut, or it would pass by every mute.
            var open = peer.SourceOf(media.Mid) switch
            {
                MediaSource.Microphone => devices.Microphone,
                MediaSource.Camera => devices.Camera,
                MediaSource.Screen or MediaSource.ScreenAudio => devices.Screen,
                _ => false,
            };
            _gateway.Post(new SetGate(new PublicationId(peer.Id, media.Mid), open));
        }
    }

    /// <summary>The control plane ends the transport.</summary>
    public void Close(ParticipantId id)
    {
        if (_peers.Remove(id, out var peer))
        {
            _owners.Remove(peer.Id);
            _gateway.Post(new CloseTransport(peer.Id));
            _gateway.ForgetTransport(peer.Id);
        }
    }

    /// <summary>The media plane has ended the transport. Returns whose it was; null when it was replaced before.</summary>
    public ParticipantId? Forget(TransportId transport)
    {
        if (!_owners.Remove(transport, out var owner))
        {
            return null;
        }

        _peers.Remove(owner);
        _gateway.ForgetTransport(transport);
        return owner;
    }

    /// <summary>Whether a participant shall be told of its connection's quality: at once when the level has changed, else now and then.</summary>
    public bool IsNews(TransportId transport, QualityLevel level, DateTimeOffset now) =>
        OwnerOf(transport) is { } owner && _peers[owner].IsNews(level, now);

    public SlotState Describe(SlotFilled filled)
    {
        if (filled.Publication is not { } publication || OwnerOf(publication.Transport) is not { } owner)
        {
            return new SlotState(filled.SlotMid, null, null, false);
        }

        return new SlotState(filled.SlotMid, owner.Value, _peers[owner].SourceOf(publication.Mid), filled.Suspended);
    }

    /// <summary>Remembers what is wanted and says it as the publisher's client understands it; null when the line carries no source.</summary>
    public LayersWantedUpdate? Describe(LayersWanted wanted) =>
        OwnerOf(wanted.Publication.Transport) is { } owner ? _peers[owner].OnLayersWanted(wanted.Publication.Mid, wanted.ActiveLayers) : null;

    /// <summary>What a client that comes back has to know of the layers that it publishes.</summary>
    public IEnumerable<LayersWantedUpdate> LayersWantedOf(ParticipantId id) => _peers.TryGetValue(id, out var peer) ? peer.LayersWanted : [];

    public void Dispose()
    {
        foreach (var id in _peers.Keys.ToArray())
        {
            Close(id);
        }

        _gateway.CloseRoom(_room);
    }

    private void Open(TransportId id, ParticipantState participant, NegotiatedTransport transport, Dictionary<MediaSource, string> sources)
    {
        var peer = new PeerMedia(id, transport, sources);
        _peers[participant.Id] = peer;
        _owners[peer.Id] = participant.Id;
        _gateway.Post(new OpenTransport(peer.Id, _room, participant.Number, transport));
        ApplyDevices(participant.Id, participant.Devices);
    }

    private void Assign(PeerMedia subscriber, SlotChoice choice)
    {
        PublicationId? publication = choice.ParticipantId is { } id && _peers.TryGetValue(new ParticipantId(id), out var publisher) && publisher.Sources.TryGetValue(choice.Source, out var mid)
            ? new PublicationId(publisher.Id, mid)
            : null;
        _gateway.Post(new AssignSlot(subscriber.Id, choice.Mid, publication, choice.Height, choice.Priority));
    }

    private void ReapplyWishesFor(ParticipantId publisher)
    {
        foreach (var subscriber in _peers.Values)
        {
            foreach (var wish in subscriber.Wishes.Values.Where(w => w.ParticipantId == publisher.Value))
            {
                Assign(subscriber, wish);
            }
        }
    }

    private static bool TryReadSources(IReadOnlyList<PublicationLine>? lines, NegotiatedTransport transport, out Dictionary<MediaSource, string> sources, out string error)
    {
        sources = [];
        error = string.Empty;
        foreach (var line in lines ?? [])
        {
            var media = transport.Media.FirstOrDefault(m => m.Mid == line?.Mid && m.Flow == MediaFlow.Receive);
            var kind = line?.Source is MediaSource.Camera or MediaSource.Screen ? MediaKind.Video : MediaKind.Audio;
            if (media is null || media.Kind != kind || !sources.TryAdd(line!.Source, line.Mid))
            {
                error = $"Publication '{line?.Mid}' does not name an m-line of the offer that sends {kind.ToString().ToLowerInvariant()}, or its source is named twice.";
                return false;
            }
        }

        return true;
    }
}
