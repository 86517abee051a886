using MediaServer.Meetings.Participants;

namespace MediaServer.Meetings;

/// <summary>What can be asked of a meeting.</summary>
public abstract record MeetingCommand;

/// <summary>A new participant. The id is fresh.</summary>
public sealed record Join(ParticipantId Id, string? DisplayName, Devices Devices, string ConnectionId) : MeetingCommand;

/// <summary>
/// The same participant again, from a verified resume token. Works also when the meeting has forgotten it (after a restart): then it joins
/// anew under its old id, name and, if free, number.
/// </summary>
public sealed record Resume(ParticipantId Id, uint Number, string DisplayName, Devices Devices, string ConnectionId) : MeetingCommand;

public sealed record SetDevices(string ConnectionId, Devices Devices) : MeetingCommand;

public sealed record Leave(string ConnectionId) : MeetingCommand;

/// <summary>The signalling connection broke.</summary>
public sealed record Disconnect(string ConnectionId) : MeetingCommand;

/// <summary>The participant has a media transport now.</summary>
public sealed record MediaOpened(ParticipantId Id) : MeetingCommand;

/// <summary>The media transport is gone. <paramref name="ConsentExpired"/>: nothing was heard for 30 s; otherwise the peer closed it.</summary>
public sealed record MediaClosed(ParticipantId Id, bool ConsentExpired) : MeetingCommand;

/// <summary>Time passes.</summary>
public sealed record Tick : MeetingCommand;
