using System.Text.Json;
using System.Text.Json.Serialization;
using MediaServer.Contracts;
using MessagePack;
using MessagePack.Resolvers;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace MediaServer.Server.Tests;

/// <summary>A bare hub connection, for what a well-behaved client would not do.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private HubClient(HubConnection connection) => Connection = connection;

    public HubConnection Connection { get; }

    public List<MeetingDelta> Deltas { get; } = [];

    public List<EndedNotice> Ended { get; } = [];

    public static async Task<HubClient> Connect(Uri server, bool messagePack = false)
    {
        var builder = new HubConnectionBuilder().WithUrl(new Uri(server, "/hub"));
        if (messagePack)
        {
            builder.AddMessagePackProtocol(options => options.SerializerOptions = MessagePackSerializerOptions.Standard.WithResolver(
                CompositeResolver.Create(DynamicEnumAsStringResolver.Instance, ContractlessStandardResolver.Instance)));
        }
        else
        {
            builder.AddJsonProtocol(options => options.PayloadSerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase)));
        }

        var client = new HubClient(builder.Build());
        client.Connection.On<MeetingDelta>(nameof(IMeetingClient.MeetingChanged), delta => { lock (client.Deltas) { client.Deltas.Add(delta); } });
        client.Connection.On<EndedNotice>(nameof(IMeetingClient.Ended), notice => { lock (client.Ended) { client.Ended.Add(notice); } });
        await client.Connection.StartAsync();
        return client;
    }

    public static async Task<string> CreateMeeting(Uri server)
    {
        await using var hub = await Connect(server);
        return (await hub.Call<MeetingInfo>(nameof(IMeetingHub.CreateMeeting), new CreateMeetingRequest("Lesson"))).Value!.Code;
    }

    public Task<HubResult<T>> Call<T>(string method, params object?[] arguments)
        where T : class => Connection.InvokeCoreAsync<HubResult<T>>(method, arguments);

    public Task<HubResult<JoinedMeeting>> Join(string code, string? name, string? token = null) =>
        Call<JoinedMeeting>(nameof(IMeetingHub.Join), new JoinRequest(code, name!, new DeviceState(false, false, false), token));

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
