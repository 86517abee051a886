using MediaServer.Contracts;
using MediaServer.Forwarding.Commands;
using Orleans.Concurrency;

namespace MediaServer.Server.Grains;

/// <summary>One meeting, keyed by its code. Arguments are immutable records, handed over without copying inside the process.</summary>
public interface IMeetingGrain : IGrainWithStringKey
{
    /// <summary>Null when there is no such meeting.</summary>
    Task<Immutable<MeetingInfo?>> Describe();

    Task<Immutable<HubResult<JoinedMeeting>>> Join(string connectionId, Immutable<JoinRequest> request);

    Task<Immutable<HubResult<NegotiateReply>>> Negotiate(string connectionId, Immutable<NegotiateRequest> request);

    Task<Immutable<HubResult<Done>>> ChooseSlots(string connectionId, Immutable<ChooseSlotsRequest> request);

    Task<Immutable<HubResult<Done>>> SetDeviceState(string connectionId, Immutable<DeviceState> devices);

    Task<Immutable<HubResult<ParticipantPage>>> ListParticipants(string connectionId, Immutable<ListParticipantsRequest> request);

    Task<Immutable<HubResult<Done>>> Leave(string connectionId);

    Task Disconnected(string connectionId);

    Task OnMediaEvents(Immutable<IReadOnlyList<MediaEvent>> events);
}
