using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MediaServer.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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

    /// <summary>What the server of its own has logged as an error: nothing, unless there is a bug.</summary>
    public IEnumerable<string> Errors => _app.Services.GetRequiredService<ErrorLog>().Messages;

    public static async Task<RunningServer> Start(string? data = null, int shards = 1, int participantsPerShard = 150, params string[] settings)
    {
        var directory = data ?? Directory.CreateTempSubdirectory("mediaserver-").FullName;
        var builder = WebApplication.CreateBuilder(
        [
            "--urls", "http://127.0.0.1:0",
            "--MediaServer:DataDirectory", directory,
            "--MediaServer:Media:BasePort", $"{FreeUdpPorts(shards)}",
            "--MediaServer:Media:Shards", $"{shards}",
            "--MediaServer:Media:MeetingParticipantsPerShard", $"{participantsPerShard}",
            "--MediaServer:Media:ListenAddress", "127.0.0.1",
            "--MediaServer:Media:AdvertisedAddresses:0", "127.0.0.1",
            .. settings,
        ]);
        builder.AddMediaServer();
        builder.Services.AddSingleton<ErrorLog>();
        builder.Services.AddSingleton<ILoggerProvider>(services => services.GetRequiredService<ErrorLog>());
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

    /// <summary>Contiguous ones, below those that the kernel gives out by itself.</summary>
    private static int FreeUdpPorts(int count)
    {
        while (true)
        {
            var first = Random.Shared.Next(10_000, 32_000);
            var probes = new List<UdpClient>();
            try
            {
                probes.AddRange(Enumerable.Range(first, count).Select(port => new UdpClient(new IPEndPoint(IPAddress.Loopback, port))));
                return first;
            }
            catch (SocketException)
            {
                // Taken: try others.
            }
            finally
            {
                probes.ForEach(probe => probe.Dispose());
            }
        }
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("MediaServer", StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                Messages.Enqueue($"{eventId}: {formatter(state, exception)} {exception}");
            }
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
