using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MediaServer.Server.Tests.Turn;

/// <summary>Debian's coturn on loopback, with the secret that it shares with the server.</summary>
internal sealed class Coturn : IDisposable
{
    public const string Executable = "/usr/bin/turnserver";
    private readonly Process _process;
    private readonly string _directory = Directory.CreateTempSubdirectory("coturn-").FullName;

    private Coturn(string secret)
    {
        Port = FreePort();
        var start = new ProcessStartInfo(Executable) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory };
        foreach (var argument in (string[])[
            "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", $"--listening-port={Port}", "--use-auth-secret", $"--static-auth-secret={secret}",
            "--realm=mediaserver.test", "--allow-loopback-peers", "--no-tls", "--no-dtls", "--no-cli", "--log-file=stdout", "--simple-log",
            $"--pidfile={Path.Combine(_directory, "pid")}", $"--userdb={Path.Combine(_directory, "db")}"])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    public static async Task<Coturn> Start(string secret)
    {
        var coturn = new Coturn(secret);
        await Eventually.True(() => Answers(coturn.Port), "coturn listens");
        return coturn;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static bool Answers(int port)
    {
        try
        {
            using var socket = new TcpClient();
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}

/// <summary>A test that needs coturn. test.sh installs it; without it the test is skipped by name on a developer's machine and fails in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CoturnFactAttribute : FactAttribute
{
    public CoturnFactAttribute()
    {
        if (!File.Exists(Coturn.Executable) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
        {
            Skip = "coturn is not installed: apt-get install coturn (./test.sh does it)";
        }
    }
}
