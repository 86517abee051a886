using System.Diagnostics;

namespace MediaServer.LoadTest.Reporting;

/// <summary>A line on standard error that says what goes on and how far it is; without a terminal one line per phase.</summary>
internal sealed class ProgressBar(TextWriter output, bool interactive, int width)
{
    private const int BarWidth = 30;
    private const int UpdateMilliseconds = 100;
    private readonly Lock _lock = new();
    private readonly Stopwatch _sinceUpdate = Stopwatch.StartNew();
    private string _phase = string.Empty;
    private string _prefix = string.Empty;

    public static ProgressBar OnStandardError() => new(Console.Error, !Console.IsErrorRedirected, Console.IsErrorRedirected ? 80 : Math.Max(40, Console.WindowWidth));

    /// <summary>What the following phases belong to.</summary>
    public void Begin(string prefix)
    {
        lock (_lock)
        {
            _prefix = prefix;
            _phase = string.Empty;
        }
    }

    public void Report(string phase, int done, int all)
    {
        lock (_lock)
        {
            var changed = phase != _phase;
            if (!interactive)
            {
                _phase = phase;
                if (changed)
                {
                    output.WriteLine($"{_prefix}: {phase}");
                }

                return;
            }

            if (changed || done == all || _sinceUpdate.ElapsedMilliseconds >= UpdateMilliseconds)
            {
                _phase = phase;
                _sinceUpdate.Restart();
                Draw($"{_prefix}: {phase,-11} [{Bar(done, all)}] {done}/{all}");
            }
        }
    }

    /// <summary>Waits and shows how much of it is over.</summary>
    public async Task Wait(string phase, TimeSpan duration, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            Report(phase, (int)watch.Elapsed.TotalSeconds, (int)duration.TotalSeconds);
            var rest = duration - watch.Elapsed;
            await Task.Delay(rest < TimeSpan.FromMilliseconds(250) ? rest + TimeSpan.FromMilliseconds(1) : TimeSpan.FromMilliseconds(250), cancellationToken);
        }
    }

    /// <summary>Clears the line.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (interactive)
            {
                output.Write("\r\u001b[K");
                output.Flush();
            }
        }
    }

    internal static string Bar(int done, int all)
    {
        var filled = all <= 0 ? BarWidth : Math.Clamp(done * BarWidth / all, 0, BarWidth);
        return new string('#', filled) + new string('.', BarWidth - filled);
    }

    private void Draw(string text)
    {
        output.Write($"\r\u001b[K{(text.Length < width ? text : text[..(width - 1)])}");
        output.Flush();
    }
}
