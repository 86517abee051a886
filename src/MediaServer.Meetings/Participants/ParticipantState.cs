namespace MediaServer.Meetings.Participants;

/// <summary>Given out by the server, stable across reconnects.</summary>
public readonly record struct ParticipantId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Which devices are on.</summary>
public readonly record struct Devices(bool Microphone, bool Camera, bool Screen);

/// <summary>One participant as everybody may see it.</summary>
/// <param name="Id">Stable across reconnects.</param>
/// <param name="Number">1 and up, unique in the meeting; goes out as CSRC with this participant's audio.</param>
/// <param name="DisplayName">1-80 characters.</param>
/// <param name="Devices">Which devices are on.</param>
/// <param name="Connected">False while signalling is lost and the participant may still come back.</param>
/// <param name="JoinedAt">Of the first join.</param>
public sealed record ParticipantState(ParticipantId Id, uint Number, string DisplayName, Devices Devices, bool Connected, DateTimeOffset JoinedAt)
{
    /// <summary>Can be seen or heard, so that everybody must know who it is.</summary>
    public bool IsProminent => Devices is { Microphone: true } or { Camera: true } or { Screen: true };
}
