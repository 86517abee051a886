namespace MediaServer.Contracts;

/// <summary>A refusal: a stable identifier (<see cref="ErrorCodes"/>) for programs and a text for people.</summary>
public sealed record HubError(string Code, string Message);

/// <summary>The answer to a hub method: exactly one of the two is set. <typeparamref name="T"/> is never null when the call succeeded.</summary>
public sealed record HubResult<T>(T? Value, HubError? Error)
    where T : class;

/// <summary>An answer with nothing to say.</summary>
public sealed record Done;

public static class ErrorCodes
{
    public const string InvalidArgument = "invalid_argument";
    public const string MeetingNotFound = "meeting_not_found";
    public const string MeetingFull = "meeting_full";
    public const string NotJoined = "not_joined";
    public const string ResumeTokenInvalid = "resume_token_invalid";
    public const string SdpInvalid = "sdp_invalid";
    public const string SdpUnsupported = "sdp_unsupported";
    public const string SlotUnknown = "slot_unknown";
    public const string ParticipantUnknown = "participant_unknown";
    public const string RateLimited = "rate_limited";
    public const string Internal = "internal";
}

/// <summary>What the client calls. The hub is served at <c>/hub</c>, with the JSON and the MessagePack protocol.</summary>
public interface IMeetingHub
{
    Task<HubResult<MeetingInfo>> CreateMeeting(CreateMeetingRequest request);

    /// <summary>Looks a meeting up by code before joining. Refuses with <see cref="ErrorCodes.MeetingNotFound"/>.</summary>
    Task<HubResult<MeetingInfo>> LookUpMeeting(LookUpMeetingRequest request);

    /// <summary>Joins, or with a resume token comes back as the same participant.</summary>
    Task<HubResult<JoinedMeeting>> Join(JoinRequest request);

    /// <summary>Offer in, answer out. The first call opens the transport; later ones add slots or restart ICE.</summary>
    Task<HubResult<NegotiateReply>> Negotiate(NegotiateRequest request);

    /// <summary>Says what to show in which video slot. Slots that are not mentioned stay as they are.</summary>
    Task<HubResult<Done>> ChooseSlots(ChooseSlotsRequest request);

    /// <summary>Tells the others which devices are on. The server stops forwarding what is off.</summary>
    Task<HubResult<Done>> SetDeviceState(DeviceState request);

    /// <summary>A page of everybody, by surname; for meetings too large to tell everybody of everybody.</summary>
    Task<HubResult<ParticipantPage>> ListParticipants(ListParticipantsRequest request);

    Task<HubResult<Done>> Leave();
}

/// <summary>What the server calls.</summary>
public interface IMeetingClient
{
    /// <summary>
    /// What has changed. Changes are gathered, so the number may grow by more than one. Drop what the snapshot holds already; a gap means: ask
    /// for a snapshot by joining again with the resume token.
    /// </summary>
    Task MeetingChanged(MeetingDelta delta);

    /// <summary>Who speaks now, loudest first.</summary>
    Task SpeakersChanged(SpeakersUpdate update);

    /// <summary>What fills which slot now.</summary>
    Task SlotsChanged(SlotsUpdate update);

    /// <summary>Which layers of a source that this participant publishes somebody wants to see. The client should send these and no others.</summary>
    Task LayersWanted(LayersWantedUpdate update);

    /// <summary>How good the connection of this participant is, as the server sees it.</summary>
    Task ConnectionQuality(QualityUpdate update);

    /// <summary>The media transport is gone (consent expired, handshake failed): negotiate anew with a new peer connection.</summary>
    Task TransportLost(TransportLostNotice notice);

    /// <summary>This connection is no longer in the meeting.</summary>
    Task Ended(EndedNotice notice);
}

public sealed record CreateMeetingRequest(string? Title);

public sealed record LookUpMeetingRequest(string Code);

/// <param name="Code">What people type, e.g. "abc-defg-hjk".</param>
public sealed record MeetingInfo(string Code, string Title, int ParticipantCount);

/// <param name="DisplayName">1-80 characters after trimming.</param>
/// <param name="ResumeToken">From an earlier <see cref="JoinedMeeting"/>; the name is then ignored.</param>
public sealed record JoinRequest(string Code, string DisplayName, DeviceState Devices, string? ResumeToken);

public sealed record DeviceState(bool Microphone, bool Camera, bool Screen);

/// <param name="Number">The CSRC that marks this participant's audio in audio slots.</param>
/// <param name="Connected">False while the signalling connection is lost and the participant may still come back.</param>
public sealed record Participant(string Id, uint Number, string DisplayName, DeviceState Devices, bool Connected, DateTimeOffset JoinedAt);

/// <param name="Sequence">The state that <paramref name="Participants"/> shows; deltas count on from here.</param>
/// <param name="Participants">Everybody, or in a large meeting yourself and those who have a device on.</param>
/// <param name="Speakers">Who speaks now, loudest first; changes come as <see cref="SpeakersUpdate"/>.</param>
/// <param name="RosterComplete">False in a large meeting: see <see cref="IMeetingHub.ListParticipants"/>.</param>
public sealed record JoinedMeeting(
    MeetingInfo Meeting,
    string ParticipantId,
    string ResumeToken,
    bool Resumed,
    long Sequence,
    IReadOnlyList<Participant> Participants,
    bool RosterComplete,
    IReadOnlyList<string> Speakers,
    IReadOnlyList<IceServer> IceServers,
    int AudioSlots,
    int MaxVideoSlots);

public sealed record IceServer(IReadOnlyList<string> Urls, string? Username, string? Credential);

/// <summary>What a publishing m-line carries; fixed for the life of the connection.</summary>
public enum MediaSource
{
    Microphone,
    Camera,
    Screen,
    ScreenAudio,
}

public sealed record PublicationLine(string Mid, MediaSource Source);

/// <param name="Restart">True for a new peer connection (after reload or loss), false for a renegotiation of the present one.</param>
public sealed record NegotiateRequest(string Sdp, IReadOnlyList<PublicationLine> Publications, bool Restart);

public sealed record NegotiateReply(string Sdp);

/// <param name="ParticipantId">Null empties the slot.</param>
/// <param name="Height">The tile's height in device pixels.</param>
/// <param name="Priority">Higher will be served first when bandwidth is short; without a bandwidth estimate it has no effect yet.</param>
public sealed record SlotChoice(string Mid, string? ParticipantId, MediaSource Source, int Height, int Priority);

public sealed record ChooseSlotsRequest(IReadOnlyList<SlotChoice> Slots);

/// <param name="From">The state that the delta starts from: apply it when yours is not older, else there is a gap.</param>
/// <param name="Sequence">The state that the delta leads to: drop it when yours is not older.</param>
/// <param name="ParticipantCount">Of everybody.</param>
/// <param name="RosterComplete">False: only who has a device on is listed under joined and updated; everybody who is gone is under left.</param>
public sealed record MeetingDelta(
    long From,
    long Sequence,
    int ParticipantCount,
    bool RosterComplete,
    IReadOnlyList<Participant> Joined,
    IReadOnlyList<Participant> Updated,
    IReadOnlyList<string> Left);

/// <param name="Query">A part of the name; null or empty for everybody.</param>
/// <param name="Offset">How many to leave out, 0 and up.</param>
/// <param name="Limit">1-100.</param>
public sealed record ListParticipantsRequest(string? Query, int Offset, int Limit);

/// <param name="Total">How many match.</param>
/// <param name="Sequence">The state that the page shows.</param>
public sealed record ParticipantPage(IReadOnlyList<Participant> Participants, int Offset, int Total, long Sequence);

public sealed record SpeakersUpdate(IReadOnlyList<string> ParticipantIds);

/// <param name="Suspended">The slot belongs to the participant but shows nothing at present: this client's bandwidth does not suffice.</param>
public sealed record SlotState(string Mid, string? ParticipantId, MediaSource? Source, bool Suspended);

public sealed record SlotsUpdate(IReadOnlyList<SlotState> Slots);

/// <param name="Source">Camera or screen.</param>
/// <param name="Layers">One for each layer of the offer's a=simulcast line in its order, lowest first; a single one without simulcast.</param>
public sealed record LayersWantedUpdate(MediaSource Source, IReadOnlyList<bool> Layers);

public enum QualityLevel
{
    Good,
    Fair,
    Poor,
}

/// <summary>Loss in percent over the last interval, round trip in milliseconds (0 unknown).</summary>
public sealed record QualityUpdate(QualityLevel Level, double UplinkLossPercent, double DownlinkLossPercent, double RoundTripMs);

public sealed record TransportLostNotice(string Reason);

/// <param name="Code">"replaced": the same participant came back on another connection. There will be more; treat an unknown one as the end.</param>
public sealed record EndedNotice(string Code);
