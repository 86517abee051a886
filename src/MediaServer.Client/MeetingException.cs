using MediaServer.Contracts;

namespace MediaServer.Client;

/// <summary>The server refused; <see cref="Code"/> is one of <see cref="ErrorCodes"/>.</summary>
public sealed class MeetingException(HubError error) : Exception($"{error.Message} ({error.Code})")
{
    public string Code { get; } = error.Code;
}
