using MediaServer.Contracts;
using MediaServer.Server.Grains;
using Microsoft.AspNetCore.SignalR;

namespace MediaServer.Server.Hubs;

/// <summary>
/// Pushes through SignalR: a group per meeting. Of a client that does not read, SignalR keeps what is sent until <see cref="HubSetup.SendTimeout"/>, then
/// it closes the connection.
/// </summary>
internal sealed partial class HubPushes(IHubContext<MeetingHub, IMeetingClient> hub, ILogger<HubPushes> logger) : IMeetingPushes
{
    public static string GroupOf(string meetingCode) => $"meeting:{meetingCode}";

    public void ToEverybody(string meetingCode, Func<IMeetingClient, Task> push) => _ = Observe(push(hub.Clients.Group(GroupOf(meetingCode))));

    public void ToConnection(string connectionId, Func<IMeetingClient, Task> push) => _ = Observe(push(hub.Clients.Client(connectionId)));

    public Task Remove(string meetingCode, string connectionId) => hub.Groups.RemoveFromGroupAsync(connectionId, GroupOf(meetingCode));

    private async Task Observe(Task push)
    {
        try
        {
            await push;
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "A push did not get through")]
    private partial void LogFailed(Exception exception);
}
