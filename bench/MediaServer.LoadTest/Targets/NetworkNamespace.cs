using System.Globalization;
using System.Net;
using MediaServer.LoadTest.Engine;

namespace MediaServer.LoadTest.Targets;

/// <summary>
/// A network namespace for the server under test, joined with this one by a pair of virtual interfaces. Servers that gather no loopback candidates
/// need it, and whoever is compared with them goes through the same. Addresses are from 198.18.0.0/15, which is set aside for benchmarks (RFC 2544).
/// </summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private const string NamePrefix = "mediaserver-load-";
    private const int MaxAtOnce = 8;
    private const int ParticipantsEach = 8192;
    private const uint FirstParticipant = 0xC612_0000;
    private readonly string _name;

    private NetworkNamespace(string name, int number, string device)
    {
        _name = name;
        Network = new TargetNetwork(
            IPAddress.Parse(ServerAddress(number)),
            ["ip", "netns", "exec", name],
            new AddressRange(NetworkOf(number) + 1, ParticipantsEach - 2, device),
            "own network namespace");
    }

    public TargetNetwork Network { get; }

    /// <exception cref="InvalidOperationException">The machine cannot make namespaces, or all address ranges are in use.</exception>
    public static async Task<NetworkNamespace> Create()
    {
        await RemoveStale();
        var name = $"{NamePrefix}{Environment.ProcessId}";
        var (code, output) = await Shell.TryRun("ip", "netns", "add", name);
        if (code != 0)
        {
            throw new InvalidOperationException($"This machine cannot make a network namespace, which the comparison needs (it takes root and CONFIG_NET_NS): {output}");
        }

        try
        {
            for (var number = 0; number < MaxAtOnce; number++)
            {
                // The interface's name is the lock: one run per range.
                var device = $"msload{number}";
                if ((await Shell.TryRun("ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", name)).Code == 0)
                {
                    var made = new NetworkNamespace(name, number, device);
                    await made.Configure(number, device);
                    return made;
                }
            }

            throw new InvalidOperationException($"{MaxAtOnce} load tests are running in namespaces already, or this machine has no veth interfaces.");
        }
        catch
        {
            await Shell.TryRun("ip", "netns", "del", name);
            throw;
        }
    }

    /// <summary>Takes both interfaces and the routes over them along.</summary>
    public async ValueTask DisposeAsync() => await Shell.TryRun("ip", "netns", "del", _name);

    private static uint NetworkOf(int number) => FirstParticipant + (uint)(number * ParticipantsEach);

    private static string ServerAddress(int number) => $"198.19.{number}.2";

    private async Task Configure(int number, string device)
    {
        var here = $"198.19.{number}.1";
        var participants = $"{new AddressRange(NetworkOf(number), ParticipantsEach, device).At(0)}/19";
        await Shell.Run("ip", "addr", "add", $"{here}/30", "dev", device);
        await Shell.Run("ip", "link", "set", device, "up");

        // All participants' addresses are this machine's, without being configured one by one.
        await Shell.Run("ip", "route", "add", "local", participants, "dev", device);
        string[] inside = ["netns", "exec", _name, "ip"];
        await Shell.Run("ip", [.. inside, "link", "set", "lo", "up"]);
        await Shell.Run("ip", [.. inside, "addr", "add", $"{ServerAddress(number)}/30", "dev", "eth0"]);
        await Shell.Run("ip", [.. inside, "link", "set", "eth0", "up"]);
        await Shell.Run("ip", [.. inside, "route", "add", participants, "via", here]);
    }

    /// <summary>Namespaces of load tests that were killed.</summary>
    private static async Task RemoveStale()
    {
        var (_, list) = await Shell.TryRun("ip", "netns", "list");
        foreach (var name in list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]).Where(n => n.StartsWith(NamePrefix, StringComparison.Ordinal)))
        {
            if (int.TryParse(name[NamePrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && !Directory.Exists($"/proc/{process}"))
            {
                await Shell.TryRun("ip", "netns", "del", name);
            }
        }
    }
}
