using System.Net;
using System.Net.Sockets;

namespace MediaServer.LoadTest.Targets.Janus;

/// <summary>Janus from Debian's package, with a minimal configuration in a temporary folder: the videoroom plugin behind a WebSocket.</summary>
internal sealed class JanusProcess : IAsyncDisposable
{
    private const int Port = 8188;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private readonly ServerProcess _process;
    private readonly string _folder;

    private JanusProcess(ServerProcess process, string folder, Uri url)
    {
        _process = process;
        _folder = folder;
        Url = url;
    }

    public Uri Url { get; }

    public int Id => _process.Id;

    public string Output => _process.Output;

    /// <summary>The version that is installed; installs the package when there is none.</summary>
    /// <exception cref="InvalidOperationException">It cannot be installed.</exception>
    public static async Task<string> EnsureInstalled(Action<string> tell)
    {
        const string query = "${Version}";
        var installed = await Shell.TryRun("dpkg-query", "-W", $"-f={query}", "janus");
        if (installed.Code != 0 || installed.Output.Length == 0)
        {
            tell("Janus is not installed: installing Debian's package");
            await Shell.Run("apt-get", "install", "-y", "--no-install-recommends", "janus");
            installed = await Shell.TryRun("dpkg-query", "-W", $"-f={query}", "janus");
        }

        return installed.Output;
    }

    public static async Task<JanusProcess> Start(TargetNetwork network, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("janus-load-").FullName;
        await JanusConfiguration.Write(folder, network.Server.ToString(), Port, cancellationToken);
        IReadOnlyList<string> command = [.. network.ServerPrefix, "janus", "--configs-folder", folder, "--config", Path.Combine(folder, "janus.jcfg")];
        var process = new ServerProcess(command[0], command.Skip(1), folder);
        var janus = new JanusProcess(process, folder, new Uri($"ws://{network.Server}:{Port}"));
        try
        {
            await process.WaitUntil(() => Accepts(network.Server, cancellationToken), StartPatience, cancellationToken);
            return janus;
        }
        catch
        {
            await janus.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<bool> Accepts(IPAddress address, CancellationToken cancellationToken)
    {
        using var probe = new TcpClient();
        try
        {
            await probe.ConnectAsync(address, Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
