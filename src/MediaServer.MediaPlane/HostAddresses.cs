using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MediaServer.MediaPlane;

/// <summary>Which addresses go into ICE candidates.</summary>
internal static class HostAddresses
{
    public static IReadOnlyList<IPAddress> Choose(MediaPlaneOptions options, bool ipv6)
    {
        var listen = IPAddress.Parse(options.ListenAddress);
        var chosen = options.AdvertisedAddresses.Count > 0 ? options.AdvertisedAddresses.Select(IPAddress.Parse).ToList()
            : listen.Equals(IPAddress.IPv6Any) || listen.Equals(IPAddress.Any) ? OwnAddresses().ToList()
            : [listen];
        if (options.IncludeLoopback || chosen.Count == 0)
        {
            chosen.Add(IPAddress.Loopback);
        }

        return [.. chosen.Where(a => ipv6 || a.AddressFamily == AddressFamily.InterNetwork).Distinct()];
    }

    /// <summary>Unicast addresses of interfaces that are up, IPv4 first; link-local ones reach nobody useful.</summary>
    private static IEnumerable<IPAddress> OwnAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => !a.IsIPv6LinkLocal && !IPAddress.IsLoopback(a))
            .OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1);
}
