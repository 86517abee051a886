using System.Security.Cryptography;
using MediaServer.Contracts;
using MediaServer.Forwarding.Commands;
using MediaServer.Meetings;
using MediaServer.Meetings.Participants;
using MediaServer.Server.Media;
using MediaServer.Server.Persistence;
using Orleans.Concurrency;
using static MediaServer.Server.Grains.ContractMapping;

namespace MediaServer.Server.Grains;

/// <summary>Hosts one <see cref="Meeting"/>: turns its events into pushes and its effects into media commands. One turn at a time.</summary>
internal sealed class MeetingGrain(MeetingStore store, ResumeTokens tokens, IMediaGateway gateway, IceServers iceServers, IMeetingPushes pushes, TimeProvider time) : Grain, IMeetingGrain
{
    /// <summary>About four deltas a second.</summary>
    private static readonly TimeSpan DeltaInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long an empty meeting stays in memory.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(10);

    private readonly Meeting _meeting = new();
    private readonly DeltaCoalescer _deltas = new();
    private MeetingRow? _row;
    private MeetingMedia? _media;
    private IGrainTimer? _tick;
    private IGrainTimer? _flush;
    private DateTimeOffset _lastDelta;
    private IReadOnlyList<string> _speakers = [];

    private string Code => this.GetPrimaryKeyString();

    private MeetingMedia Media => _media ??= new MeetingMedia(Code, gateway);

    public override async Task OnActivateAsync(CancellationToken cancellationToken) => _row = await store.Find(Code, cancellationToken);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _media?.Dispose();
        return Task.CompletedTask;
    }

    public async Task<Immutable<MeetingInfo?>> Describe()
    {
        // A look-up before the meeting was created must not be remembered for ever.
        _row ??= await store.Find(Code, CancellationToken.None);
        return new Immutable<MeetingInfo?>(_row is null ? null : Info(_row));
    }

    public async Task<Immutable<HubResult<JoinedMeeting>>> Join(string connectionId, Immutable<JoinRequest> request)
    {
        if ((await Describe()).Value is null)
        {
            return Refuse<JoinedMeeting>(ErrorCodes.MeetingNotFound, "There is no meeting with this code.").AsImmutable();
        }

        var now = time.GetUtcNow();
        var (code, name, devices, token) = (request.Value.Code, request.Value.DisplayName, ToDevices(request.Value.Devices), request.Value.ResumeToken);
        MeetingCommand command;
        ParticipantId id;
        var known = false;
        if (token is null)
        {
            id = new ParticipantId(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
            command = new Join(id, name, devices, connectionId);
        }
        else
        {
            if (!tokens.TryRead(token, now, out var claims) || claims.MeetingCode != Code)
            {
                return Refuse<JoinedMeeting>(ErrorCodes.ResumeTokenInvalid, "The resume token is not valid any more: join again.").AsImmutable();
            }

            id = new ParticipantId(claims.ParticipantId);
            known = _meeting.Find(id) is not null;
            command = new Resume(id, claims.Number, claims.DisplayName, devices, connectionId);
        }

        switch (_meeting.Handle(command, now))
        {
            case Rejected rejected:
                return Refuse<JoinedMeeting>(rejected).AsImmutable();
            case Accepted accepted:
                await Publish(accepted);
                break;
        }

        // What was said while the signalling was gone.
        foreach (var layers in known ? Media.LayersWantedOf(id) : [])
        {
            pushes.ToConnection(connectionId, client => client.LayersWanted(layers));
        }

        _tick ??= this.RegisterGrainTimer(OnTick, new GrainTimerCreationOptions(TickInterval, TickInterval) { KeepAlive = true });
        return Ok(Joined(id, known, now)).AsImmutable();
    }

    public async Task<Immutable<HubResult<NegotiateReply>>> Negotiate(string connectionId, Immutable<NegotiateRequest> request)
    {
        if (_meeting.OnConnection(connectionId) is not { } participant)
        {
            return NotJoined<NegotiateReply>();
        }

        var result = Media.Negotiate(participant, request.Value);
        if (result.Value is not null)
        {
            await Publish(_meeting.Handle(new MediaOpened(participant.Id), time.GetUtcNow()));
        }

        return result.AsImmutable();
    }

    public Task<Immutable<HubResult<Done>>> ChooseSlots(string connectionId, Immutable<ChooseSlotsRequest> request) =>
        Task.FromResult(_meeting.OnConnection(connectionId) is { } participant
            ? Media.ChooseSlots(participant.Id, request.Value, id => _meeting.Find(id) is not null).AsImmutable()
            : NotJoined<Done>());

    public async Task<Immutable<HubResult<Done>>> SetDeviceState(string connectionId, Immutable<DeviceState> devices) =>
        await Handle(new SetDevices(connectionId, ToDevices(devices.Value)));

    public Task<Immutable<HubResult<ParticipantPage>>> ListParticipants(string connectionId, Immutable<ListParticipantsRequest> request)
    {
        if (_meeting.OnConnection(connectionId) is null)
        {
            return Task.FromResult(NotJoined<ParticipantPage>());
        }

        var page = _meeting.Roster.Page(request.Value.Query, request.Value.Offset, request.Value.Limit);
        return Task.FromResult(Ok(new ParticipantPage([.. page.Participants.Select(ContractMapping.ToContract)], page.Offset, page.Total, _meeting.Sequence)).AsImmutable());
    }

    public async Task<Immutable<HubResult<Done>>> Leave(string connectionId)
    {
        var result = await Handle(new Leave(connectionId));
        if (result.Value.Error is null)
        {
            await pushes.Remove(Code, connectionId);
        }

        return result;
    }

    public async Task Disconnected(string connectionId) => await Handle(new Disconnect(connectionId));

    public async Task OnMediaEvents(Immutable<IReadOnlyList<MediaEvent>> events)
    {
        var slots = new Dictionary<string, List<SlotState>>();
        foreach (var mediaEvent in events.Value)
        {
            if (mediaEvent is SlotFilled filled)
            {
                if (ConnectionOf(filled.Subscriber) is { } connection)
                {
                    (slots.TryGetValue(connection, out var states) ? states : slots[connection] = []).Add(Media.Describe(filled));
                }
            }
            else
            {
                await OnMediaEvent(mediaEvent);
            }
        }

        foreach (var (connection, states) in slots)
        {
            pushes.ToConnection(connection, client => client.SlotsChanged(new SlotsUpdate(states)));
        }
    }

    private static Immutable<HubResult<T>> NotJoined<T>()
        where T : class => Refuse<T>(ErrorCodes.NotJoined, "Join the meeting first.").AsImmutable();

    private async Task OnMediaEvent(MediaEvent mediaEvent)
    {
        switch (mediaEvent)
        {
            case TransportClosed closed when Media.Forget(closed.Transport) is { } owner:
                await Publish(_meeting.Handle(new MediaClosed(owner, closed.Reason == TransportCloseReason.ConsentExpired), time.GetUtcNow()));
                break;
            case SpeakersChanged speakers:
                _speakers = [.. speakers.Speakers.Select(p => Media.OwnerOf(p.Transport)?.Value).OfType<string>().Distinct()];
                var spoken = new SpeakersUpdate(_speakers);
                pushes.ToEverybody(Code, client => client.SpeakersChanged(spoken));
                break;
            case LayersWanted wanted when Media.Describe(wanted) is { } layers && ConnectionOf(wanted.Publication.Transport) is { } publisher:
                pushes.ToConnection(publisher, client => client.LayersWanted(layers));
                break;
            case TransportQuality quality when ConnectionOf(quality.Transport) is { } connection:
                var update = ToContract(quality);
                if (Media.IsNews(quality.Transport, update.Level, time.GetUtcNow()))
                {
                    pushes.ToConnection(connection, client => client.ConnectionQuality(update));
                }

                break;
        }
    }

    private string? ConnectionOf(TransportId transport) => Media.OwnerOf(transport) is { } owner ? _meeting.ConnectionOf(owner) : null;

    private async Task<Immutable<HubResult<Done>>> Handle(MeetingCommand command)
    {
        var outcome = _meeting.Handle(command, time.GetUtcNow());
        await Publish(outcome);
        return outcome is Rejected rejected ? Refuse<Done>(rejected).AsImmutable() : Ok(new Done()).AsImmutable();
    }

    private async Task Publish(MeetingOutcome outcome)
    {
        if (outcome is not Accepted accepted)
        {
            return;
        }

        foreach (var effect in accepted.Effects)
        {
            await Apply(effect);
        }

        foreach (var meetingEvent in accepted.Events)
        {
            _deltas.Add(meetingEvent);
        }

        if (!_deltas.IsEmpty)
        {
            await FlushSoon();
        }
    }

    private async Task Apply(MeetingEffect effect)
    {
        switch (effect)
        {
            case ReplaceConnection replace:
                await pushes.Remove(Code, replace.ConnectionId);
                pushes.ToConnection(replace.ConnectionId, client => client.Ended(new EndedNotice("replaced")));
                break;
            case CloseMedia close:
                Media.Close(close.Participant);
                break;
            case ApplyDevices apply:
                Media.ApplyDevices(apply.Participant, apply.Devices);
                break;
            case AskForNewTransport ask when _meeting.ConnectionOf(ask.Participant) is { } connection:
                pushes.ToConnection(connection, client => client.TransportLost(new TransportLostNotice("media_lost")));
                break;
        }
    }

    /// <summary>The first change goes out at once, the following ones together.</summary>
    private async Task FlushSoon()
    {
        if (_flush is not null)
        {
            return;
        }

        var wait = DeltaInterval - (time.GetUtcNow() - _lastDelta);
        if (wait <= TimeSpan.Zero)
        {
            await Flush();
            return;
        }

        _flush = this.RegisterGrainTimer(_ => Flush(), new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan));
    }

    private Task Flush()
    {
        _flush?.Dispose();
        _flush = null;
        _lastDelta = time.GetUtcNow();
        var delta = _deltas.Take(_meeting);
        pushes.ToEverybody(Code, client => client.MeetingChanged(delta));
        return Task.CompletedTask;
    }

    private async Task OnTick(CancellationToken cancellationToken)
    {
        await Publish(_meeting.Handle(new Tick(), time.GetUtcNow()));
        if (_meeting.Count == 0)
        {
            _tick?.Dispose();
            _tick = null;
            DelayDeactivation(IdleTime);
        }
    }

    private MeetingInfo Info(MeetingRow row) => new(row.Code, row.Title, _meeting.Count);

    private JoinedMeeting Joined(ParticipantId id, bool known, DateTimeOffset now)
    {
        var state = _meeting.Find(id)!;
        var roster = _meeting.Roster.ViewFor(id);
        var token = tokens.Create(new ResumeClaims(Code, id.Value, state.DisplayName, state.Number), now);
        return new JoinedMeeting(
            Info(_row!), id.Value, token, known && Media.HasTransport(id), _meeting.Sequence,
            [.. roster.Participants.Select(ContractMapping.ToContract)], roster.IsComplete, _speakers, iceServers.For(id.Value, now), MeetingMedia.AudioSlots, MeetingMedia.MaxVideoSlots);
    }
}
