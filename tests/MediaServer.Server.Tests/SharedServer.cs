using System.Net.Http.Json;
using System.Text.Json;

namespace MediaServer.Server.Tests;

/// <summary>One server for a class of tests; at the end it must be as well as at the start.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private RunningServer? _server;

    internal RunningServer Server => _server!;

    internal Uri Url => Server.Url;

    public async Task InitializeAsync() => _server = await RunningServer.Start();

    public async Task DisposeAsync()
    {
        try
        {
            await AssertWell();
        }
        finally
        {
            await Server.DisposeAsync();
        }
    }

    /// <summary>It answers, somebody can join, no shard met a bug, and no handler failed.</summary>
    internal async Task AssertWell()
    {
        using var http = new HttpClient();
        var health = await http.GetFromJsonAsync<JsonElement>(new Uri(Url, "/health"));
        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Equal(0, health.GetProperty("bugs").GetInt32());
        var code = await HubClient.CreateMeeting(Url);
        await using var hub = await HubClient.Connect(Url);
        Assert.Null((await hub.Join(code, "Anna")).Error);
        Assert.Empty(Server.Errors);
    }
}
