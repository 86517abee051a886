using System.Net;
using System.Net.Sockets;
using MediaServer.Forwarding;
using MediaServer.MediaPlane;
using MediaServer.OpenSsl;
using MediaServer.Server.Grains;
using MediaServer.Server.Hubs;
using MediaServer.Server.Media;
using MediaServer.Server.Observability;
using MediaServer.Server.Persistence;
using MediaServer.Server.Web;
using Microsoft.EntityFrameworkCore;
using Orleans.Configuration;

namespace MediaServer.Server;

/// <summary>Puts the server together: settings, persistence, silo, media plane, hub.</summary>
internal static partial class ServerSetup
{
    private const int DefaultPort = 8080;
    private const int SelfSignedPort = 8443;

    public static void AddMediaServer(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("MediaServer");
        var data = Path.GetFullPath(settings["DataDirectory"] ?? ".data");
        Directory.CreateDirectory(data);
        AddLogging(builder.Logging);
        AddPersistence(builder.Services, data);
        AddMediaPlane(builder.Services, settings.GetSection("Media").Get<MediaPlaneOptions>() ?? new MediaPlaneOptions());
        AddIceServers(builder.Services, settings.GetSection("Turn").Get<TurnOptions>() ?? new TurnOptions());
        AddSilo(builder);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<SignallingMetrics>();
        builder.Services.AddMetricsExport();
        builder.Services.AddSingleton<IMeetingPushes, HubPushes>();
        builder.Services.AddMeetingHub();
        Listen(builder, settings.GetValue<bool>("SelfSignedHttps"));
    }

    public static async Task StartMediaServer(this WebApplication app)
    {
        await app.Services.GetRequiredService<MeetingStore>().Prepare(CancellationToken.None);
        app.Services.GetRequiredService<MediaPlane.MediaPlane>().Start();
        app.MapHub<MeetingHub>("/hub", options => options.TransportSendTimeout = HubSetup.SendTimeout);
        app.MapGet("/health", (MediaPlane.MediaPlane plane) => Results.Json(new { status = "ok", shards = plane.ShardCount, bugs = plane.Bugs }));
        app.MapMetrics(app.Configuration["MediaServer:Metrics:Token"]);
        app.UseWebClient();
    }

    private static void AddLogging(ILoggingBuilder logging) => logging
        .AddFilter("Orleans", LogLevel.Error)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("Polly", LogLevel.Warning)
        .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);

    private static void AddPersistence(IServiceCollection services, string data)
    {
        services.AddPooledDbContextFactory<MeetingsDatabase>(options => options.UseSqlite($"Data Source={Path.Combine(data, "mediaserver.db")}"));
        services.AddSingleton<MeetingStore>();
        services.AddSingleton(new ResumeTokens(Path.Combine(data, "resume.key")));
    }

    private static void AddMediaPlane(IServiceCollection services, MediaPlaneOptions options)
    {
        services.AddSingleton<OpenSslDtlsSessionFactory>();
        services.AddSingleton(provider =>
        {
            var dtls = provider.GetRequiredService<OpenSslDtlsSessionFactory>();
            var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("MediaServer.MediaPlane");
            return new MediaPlane.MediaPlane(
                options,
                dtls.LocalFingerprint,
                (shard, egress, events) => new MediaRouter(new MediaRouterOptions(), dtls, egress, events, MonotonicClock.NtpAt, Random.Shared.Next()),
                exception => LogShardBug(logger, exception));
        });
        services.AddSingleton(new ShardPlacement(options.ShardCount, options.MeetingParticipantsPerShard));
        services.AddSingleton<MediaPlaneGateway>();
        services.AddSingleton<IMediaGateway>(provider => provider.GetRequiredService<MediaPlaneGateway>());
        services.AddHostedService<MediaEventPump>();
    }

    private static void AddIceServers(IServiceCollection services, TurnOptions options)
    {
        options.Validate();
        services.AddSingleton(new IceServers(options));
    }

    /// <summary>One silo inside the process. Its ports listen on loopback and are free ones, so that two servers fit on a machine.</summary>
    private static void AddSilo(WebApplicationBuilder builder) => builder.Host.UseOrleans(silo => silo
        .UseLocalhostClustering(FreeLoopbackPort(), FreeLoopbackPort())
        .Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(15)));

    private static int FreeLoopbackPort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private static void Listen(WebApplicationBuilder builder, bool selfSignedHttps)
    {
        if (builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            // Whoever writes endpoints into the settings means exactly these.
            return;
        }

        var urls = builder.Configuration["urls"] is { Length: > 0 } configured ? configured : $"http://0.0.0.0:{DefaultPort}";
        if (selfSignedHttps)
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = SelfSignedCertificate.Create()));
            urls = $"{urls};https://0.0.0.0:{SelfSignedPort}";
        }

        builder.WebHost.UseUrls(urls);
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "A media shard met a bug and went on")]
    private static partial void LogShardBug(ILogger logger, Exception exception);
}
