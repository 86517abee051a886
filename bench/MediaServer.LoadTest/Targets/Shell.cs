using System.Diagnostics;

namespace MediaServer.LoadTest.Targets;

/// <summary>Short commands of the system.</summary>
internal static class Shell
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Exit code and output, both streams together.</summary>
    public static async Task<(int Code, string Output)> TryRun(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, (await output + await error).Trim());
    }

    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public static async Task Run(string program, params IEnumerable<string> arguments)
    {
        var list = arguments.ToList();
        var (code, output) = await TryRun(program, list);
        if (code != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', list)} failed with code {code}: {output}");
        }
    }
}
