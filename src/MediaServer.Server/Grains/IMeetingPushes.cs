using MediaServer.Contracts;

namespace MediaServer.Server.Grains;

/// <summary>How a meeting reaches its clients' connections.</summary>
public interface IMeetingPushes
{
    /// <summary>Everybody in the meeting.</summary>
    IMeetingClient Everybody(string meetingCode);

    IMeetingClient Connection(string connectionId);

    /// <summary>The connection no longer hears what goes to everybody.</summary>
    Task Remove(string meetingCode, string connectionId);
}
