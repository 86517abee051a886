using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace MediaServer.Server.Observability;

/// <summary>Who may read the metrics.</summary>
internal static class MetricsAccess
{
    private const string Scheme = "Bearer ";

    /// <summary>What proxies add: a request that came through one is not from this machine, even if the proxy is.</summary>
    private static readonly string[] ForwardingHeaders = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

    /// <param name="remote">Null for a Unix socket.</param>
    /// <param name="headers">Of the request.</param>
    /// <param name="token">From the settings; null or empty when there is none.</param>
    public static bool IsAllowed(IPAddress? remote, IHeaderDictionary headers, string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return (remote is null || IPAddress.IsLoopback(remote)) && !ForwardingHeaders.Any(headers.ContainsKey);
        }

        var presented = headers.Authorization.ToString();
        return presented.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(presented[Scheme.Length..]), Encoding.UTF8.GetBytes(token));
    }
}
