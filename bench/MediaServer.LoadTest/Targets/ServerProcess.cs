using System.Diagnostics;
using MediaServer.LoadTest.Native;

namespace MediaServer.LoadTest.Targets;

/// <summary>A child process whose output is kept and that ends with the load test.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int KeptOutput = 16_384;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private readonly Lock _lock = new();
    private string _output = string.Empty;

    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public ServerProcess(string program, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>The last that the process has said.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
            {
                return _output;
            }
        }
    }

    /// <summary>Polls until <paramref name="isReady"/>.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or did not become ready in time; with its output.</exception>
    public async Task WaitUntil(Func<Task<bool>> isReady, TimeSpan patience, CancellationToken cancellationToken)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            if (HasExited)
            {
                throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with code {_process.ExitCode}:\n{Output}");
            }

            if (await isReady())
            {
                return;
            }

            if (deadline.Elapsed > patience)
            {
                throw new InvalidOperationException($"{_process.StartInfo.FileName} was not ready within {patience.TotalSeconds:0} s:\n{Output}");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>SIGTERM, and SIGKILL when that does not help.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            LibC.kill(_process.Id, LibC.SigTerm);
            using var patience = new CancellationTokenSource(StopPatience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_lock)
        {
            _output += line + "\n";
            if (_output.Length > KeptOutput)
            {
                _output = _output[^(KeptOutput / 2)..];
            }
        }
    }
}
