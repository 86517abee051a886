using MediaServer.Contracts;

namespace MediaServer.Client;

/// <summary>How a headless participant joins.</summary>
public sealed record HeadlessParticipantOptions
{
    /// <summary>E.g. http://localhost:8080.</summary>
    public required Uri Server { get; init; }

    public required string MeetingCode { get; init; }

    public required string DisplayName { get; init; }

    /// <summary>What the others are told; the server forwards only what is on.</summary>
    public DeviceState Devices { get; init; } = new(Microphone: true, Camera: true, Screen: false);

    /// <summary>Media over TCP even where UDP would do; without UDP candidates it goes over TCP anyway.</summary>
    public bool Tcp { get; init; }

    /// <summary>How many videos can be received at a time.</summary>
    public int VideoSlots { get; init; } = 4;
}
