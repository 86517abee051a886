using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace MediaServer.LoadTest.Targets;

/// <summary>How to run MediaServer.</summary>
/// <param name="Assembly">MediaServer.Server.dll.</param>
/// <param name="Shards">Media threads.</param>
/// <param name="Extra">Further arguments for the server, as a user would give them.</param>
internal sealed record MediaServerSettings(string Assembly, int Shards, IReadOnlyList<string> Extra);

/// <summary>MediaServer as users run it, from its build output, with a data directory and ports of its own.</summary>
internal sealed class MediaServerProcess : IAsyncDisposable
{
    private const string AssemblyName = "MediaServer.Server.dll";
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private readonly string _data;
    private readonly ServerProcess _process;

    private MediaServerProcess(ServerProcess process, string data, Uri url, string metricsToken)
    {
        _process = process;
        _data = data;
        Url = url;
        MetricsToken = metricsToken;
    }

    public Uri Url { get; }

    /// <summary>Opens /metrics.</summary>
    public string MetricsToken { get; }

    public int Id => _process.Id;

    public string Output => _process.Output;

    /// <summary>The server in this working tree that was built with this program, in the same configuration; null when there is none.</summary>
    public static string? FindAssembly()
    {
        var configuration = AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, $"src/MediaServer.Server/bin/{configuration}/net10.0", AssemblyName);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <param name="settings">What to run.</param>
    /// <param name="address">Where to listen and what to advertise.</param>
    /// <param name="prefix">A command that runs it elsewhere ("ip netns exec ..."), empty for here.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<MediaServerProcess> Start(MediaServerSettings settings, IPAddress address, IReadOnlyList<string> prefix, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("mediaserver-load-").FullName;
        var url = new Uri($"http://{address}:{FreeTcpPort()}");
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        IReadOnlyList<string> command =
        [
            .. prefix, "dotnet", settings.Assembly,
            "--urls", url.ToString(),
            "--MediaServer:DataDirectory", data,
            "--MediaServer:Media:BasePort", Random.Shared.Next(40_000, 48_000).ToString(CultureInfo.InvariantCulture),
            "--MediaServer:Media:Shards", settings.Shards.ToString(CultureInfo.InvariantCulture),
            "--MediaServer:Media:ListenAddress", address.ToString(),
            "--MediaServer:Media:AdvertisedAddresses:0", address.ToString(),
            "--MediaServer:Metrics:Token", token,
            .. settings.Extra,
        ];
        var process = new ServerProcess(command[0], command.Skip(1), Path.GetDirectoryName(settings.Assembly)!);
        var server = new MediaServerProcess(process, data, url, token);
        try
        {
            using var http = new HttpClient();
            await process.WaitUntil(() => IsHealthy(http, url, cancellationToken), StartPatience, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static async Task<bool> IsHealthy(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(url, "/health"), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreeTcpPort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
