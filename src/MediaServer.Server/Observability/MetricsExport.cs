using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace MediaServer.Server.Observability;

/// <summary>Serves all meters in the format of Prometheus at <c>/metrics</c>. Every metric is described in docs/deployment.md.</summary>
internal static class MetricsExport
{
    public const string Path = "/metrics";

    /// <summary>Ours, the runtime's, and those of ASP.NET Core and Kestrel that tell how signalling does.</summary>
    private static readonly string[] Meters =
    [
        "MediaServer.*",
        "System.Runtime",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Http.Connections",
        "Microsoft.AspNetCore.Server.Kestrel",
    ];

    public static void AddMetricsExport(this IServiceCollection services)
    {
        services.AddHostedService<GarbageCollectionPauses>();
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("mediaserver", autoGenerateServiceInstanceId: false))
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddPrometheusExporter());
    }

    /// <param name="app">Where to serve.</param>
    /// <param name="token">What a scraper must present as bearer token; without one only this machine may scrape.</param>
    public static void MapMetrics(this WebApplication app, string? token)
    {
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase),
            branch => branch.Use((context, next) =>
            {
                if (MetricsAccess.IsAllowed(context.Connection.RemoteIpAddress, context.Request.Headers, token))
                {
                    return next(context);
                }

                // As if it were not there: numbers about lessons are nobody else's business.
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }));
        app.MapPrometheusScrapingEndpoint(Path);
    }
}
