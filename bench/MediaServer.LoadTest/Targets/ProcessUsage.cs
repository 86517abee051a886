using System.Globalization;

namespace MediaServer.LoadTest.Targets;

/// <summary>What /proc says of a process: CPU time (user and system, own threads only) and memory.</summary>
internal static class ProcessUsage
{
    /// <summary>USER_HZ: what /proc counts in, on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private const double NanosecondsPerSecond = 1e9;

    /// <exception cref="IOException">The process is gone.</exception>
    public static double CpuSeconds(int process) => ParseCpuSeconds(File.ReadAllText($"/proc/{process}/stat"));

    /// <summary>proc(5): fields 14 and 15, counted behind the name, which may hold spaces and brackets.</summary>
    public static double ParseCpuSeconds(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    public static double ResidentMiB(int process) => ParseResidentMiB(File.ReadLines($"/proc/{process}/status"));

    public static double ParseResidentMiB(IEnumerable<string> status)
    {
        var line = status.First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>CPU seconds by thread name, of the threads that live now; threads of one name are added up. Nanosecond resolution.</summary>
    public static IReadOnlyDictionary<string, double> CpuSecondsByThread(int process)
    {
        var seconds = new Dictionary<string, double>();
        foreach (var task in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            try
            {
                var name = File.ReadAllText(Path.Combine(task, "comm")).Trim();
                var running = File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0];
                seconds[name] = seconds.GetValueOrDefault(name) + (double.Parse(running, CultureInfo.InvariantCulture) / NanosecondsPerSecond);
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return seconds;
    }
}
