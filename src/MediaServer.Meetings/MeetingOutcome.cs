using System.Collections.Immutable;
using MediaServer.Meetings.Participants;

namespace MediaServer.Meetings;

/// <summary>Something that happened; numbered by <see cref="Meeting.Sequence"/>.</summary>
public abstract record MeetingEvent;

public sealed record ParticipantJoined(ParticipantState Participant) : MeetingEvent;

/// <param name="Participant">As it is now.</param>
/// <param name="WasProminent">Everybody knew of it before, so everybody must learn of the change.</param>
public sealed record ParticipantUpdated(ParticipantState Participant, bool WasProminent) : MeetingEvent;

public sealed record ParticipantLeft(ParticipantId Participant, LeaveReason Reason) : MeetingEvent;

public enum LeaveReason
{
    /// <summary>Said so.</summary>
    Left,

    /// <summary>Signalling and media are gone.</summary>
    Lost,
}

/// <summary>What the shell must do to connections or media.</summary>
public abstract record MeetingEffect;

/// <summary>Another connection took over; tell the old one and forget it.</summary>
public sealed record ReplaceConnection(ParticipantId Participant, string ConnectionId) : MeetingEffect;

/// <summary>Close the participant's media transport, if there is one.</summary>
public sealed record CloseMedia(ParticipantId Participant) : MeetingEffect;

/// <summary>Open or close the gates of the participant's publications by its devices.</summary>
public sealed record ApplyDevices(ParticipantId Participant, Devices Devices) : MeetingEffect;

/// <summary>The media transport is gone while signalling lives: the client shall negotiate anew.</summary>
public sealed record AskForNewTransport(ParticipantId Participant) : MeetingEffect;

/// <summary>Either accepted or rejected.</summary>
public abstract record MeetingOutcome;

public sealed record Accepted(ImmutableArray<MeetingEvent> Events, ImmutableArray<MeetingEffect> Effects) : MeetingOutcome;

/// <param name="Code">Stable identifier, e.g. "meeting_full".</param>
/// <param name="Text">For people.</param>
public sealed record Rejected(string Code, string Text) : MeetingOutcome;
