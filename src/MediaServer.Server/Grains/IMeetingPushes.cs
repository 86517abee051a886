using MediaServer.Contracts;

namespace MediaServer.Server.Grains;

/// <summary>
/// How a meeting reaches its clients' connections. Nobody is waited for: a client that does not read must not hold up its meeting. What goes to one
/// connection arrives in the order in which it was handed over.
/// </summary>
public interface IMeetingPushes
{
    void ToEverybody(string meetingCode, Func<IMeetingClient, Task> push);

    void ToConnection(string connectionId, Func<IMeetingClient, Task> push);

    /// <summary>The connection no longer hears what goes to everybody.</summary>
    Task Remove(string meetingCode, string connectionId);
}
