using MediaServer.Server;
using Microsoft.AspNetCore.Builder;

namespace MediaServer.Server.Tests;

/// <summary>The real server in this process, on loopback, with its own data directory unless one is given.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsData;

    private RunningServer(WebApplication app, string data, bool ownsData)
    {
        _app = app;
        Data = data;
        _ownsData = ownsData;
    }

    public string Data { get; }

    public Uri Url => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningServer> Start(string? data = null, int shards = 1, int participantsPerShard = 150, params string[] settings)
    {
        var directory = data ?? Directory.CreateTempSubdirectory("mediaserver-").FullName;
        var builder = WebApplication.CreateBuilder(
        [
            "--urls", "http://127.0.0.1:0",
            "--MediaServer:DataDirectory", directory,
            "--MediaServer:Media:BasePort", $"{Random.Shared.Next(40000, 48000)}",
            "--MediaServer:Media:Shards", $"{shards}",
            "--MediaServer:Media:MeetingParticipantsPerShard", $"{participantsPerShard}",
            "--MediaServer:Media:ListenAddress", "127.0.0.1",
            "--MediaServer:Media:AdvertisedAddresses:0", "127.0.0.1",
            .. settings,
        ]);
        builder.AddMediaServer();
        var app = builder.Build();
        await app.StartMediaServer();
        await app.StartAsync();
        return new RunningServer(app, directory, data is null);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsData)
        {
            Directory.Delete(Data, recursive: true);
        }
    }
}
