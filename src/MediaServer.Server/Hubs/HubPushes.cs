using MediaServer.Contracts;
using MediaServer.Server.Grains;
using Microsoft.AspNetCore.SignalR;

namespace MediaServer.Server.Hubs;

/// <summary>Pushes through SignalR: a group per meeting.</summary>
internal sealed class HubPushes(IHubContext<MeetingHub, IMeetingClient> hub) : IMeetingPushes
{
    public static string GroupOf(string meetingCode) => $"meeting:{meetingCode}";

    public IMeetingClient Everybody(string meetingCode) => hub.Clients.Group(GroupOf(meetingCode));

    public IMeetingClient Connection(string connectionId) => hub.Clients.Client(connectionId);

    public Task Remove(string meetingCode, string connectionId) => hub.Groups.RemoveFromGroupAsync(connectionId, GroupOf(meetingCode));
}
