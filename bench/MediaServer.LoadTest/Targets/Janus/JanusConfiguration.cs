namespace MediaServer.LoadTest.Targets.Janus;

/// <summary>
/// Janus' configuration, in the setting in which it forwards cheapest: one event loop (else each participant has a thread of its own, and on a few
/// cores switching between them costs more than it gains); no
/// event handlers, no logging below errors, no other plugins; compact JSON.
/// </summary>
internal static class JanusConfiguration
{
    public const string Description = "event_loops = 1, no event handlers, errors only logged";

    public static async Task Write(string folder, string address, int port, CancellationToken cancellationToken)
    {
        var library = LibraryFolder();
        var plugins = Only(folder, library, "plugins", "libjanus_videoroom.so");
        var transports = Only(folder, library, "transports", "libjanus_websockets.so");
        var nothing = Directory.CreateDirectory(Path.Combine(folder, "nothing")).FullName;
        var main = $$"""
            general: {
              configs_folder = "{{folder}}"
              plugins_folder = "{{plugins}}"
              transports_folder = "{{transports}}"
              events_folder = "{{nothing}}"
              loggers_folder = "{{nothing}}"
              interface = "{{address}}"
              debug_level = 2
              debug_timestamps = false
              debug_colors = false
              session_timeout = 0
              event_loops = 1
              hide_dependencies = true
            }
            media: {
              ipv6 = false
              rtp_port_range = "10000-60000"
              dtls_mtu = 1200
            }
            nat: {
              ice_tcp = false
              full_trickle = false
              ignore_mdns = true
            }
            events: {
              broadcast = false
            }
            """;
        var webSockets = $$"""
            general: {
              json = "compact"
              ws = true
              ws_port = {{port}}
              ws_ip = "{{address}}"
              wss = false
              ws_logging = 0
            }
            admin: {
              admin_ws = false
              admin_wss = false
            }
            """;
        await File.WriteAllTextAsync(Path.Combine(folder, "janus.jcfg"), main, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "janus.transport.websockets.jcfg"), webSockets, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "janus.plugin.videoroom.jcfg"), "general: {\n}\n", cancellationToken);
    }

    private static string LibraryFolder() =>
        Directory.EnumerateDirectories("/usr/lib").Select(d => Path.Combine(d, "janus")).FirstOrDefault(Directory.Exists)
        ?? throw new InvalidOperationException("Janus' plugins are not where Debian puts them (/usr/lib/*/janus).");

    /// <summary>A folder that holds one of the installed modules, so that Janus loads no other.</summary>
    private static string Only(string folder, string library, string kind, string module)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, kind)).FullName;
        File.CreateSymbolicLink(Path.Combine(target, module), Path.Combine(library, kind, module));
        return target;
    }
}
