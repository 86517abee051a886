using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MediaServer.Contracts;

namespace MediaServer.Server.Media;

/// <summary>
/// The STUN and TURN servers of a participant. Credentials for relays are those of draft-uberti-behave-turn-rest-00, which coturn checks with
/// use-auth-secret: the name says until when they are good and whose they are, and the password proves that this server made it.
/// </summary>
internal sealed class IceServers(TurnOptions options)
{
    private readonly string[] _plain = [.. options.Urls.Where(url => !TurnOptions.IsRelay(url))];
    private readonly string[] _relays = [.. options.Urls.Where(TurnOptions.IsRelay)];

    public IReadOnlyList<IceServer> For(string participantId, DateTimeOffset now)
    {
        var servers = new List<IceServer>(2);
        if (_plain.Length > 0)
        {
            servers.Add(new IceServer(_plain, null, null));
        }

        if (_relays.Length > 0)
        {
            var username = string.Create(CultureInfo.InvariantCulture, $"{now.AddMinutes(options.LifetimeMinutes).ToUnixTimeSeconds()}:{participantId}");
            servers.Add(new IceServer(_relays, username, PasswordOf(username, options.Secret!)));
        }

        return servers;
    }

    // The draft and coturn want HMAC-SHA1, whose strength as a MAC is unbroken.
#pragma warning disable CA5350
    internal static string PasswordOf(string username, string secret) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(username)));
#pragma warning restore CA5350
}
