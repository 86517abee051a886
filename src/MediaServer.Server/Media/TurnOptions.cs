namespace MediaServer.Server.Media;

/// <summary>Settings under <c>MediaServer:Turn</c>: STUN and TURN servers that browsers are told of.</summary>
public sealed record TurnOptions
{
    private static readonly string[] Schemes = ["stun:", "stuns:", "turn:", "turns:"];

    /// <summary>RFC 7064 and 7065 URLs, e.g. "turns:turn.example.org:443?transport=tcp".</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>What this server and the TURN server share (coturn: static-auth-secret).</summary>
    public string? Secret { get; init; }

    /// <summary>How long credentials are good for. Somebody who is in a call for longer loses the relay when it is allocated anew.</summary>
    public int LifetimeMinutes { get; init; } = 12 * 60;

    public bool HasRelays => Urls.Any(IsRelay);

    public static bool IsRelay(string url) => url.StartsWith("turn", StringComparison.Ordinal);

    /// <exception cref="ArgumentException">Names the setting that is wrong.</exception>
    public void Validate()
    {
        if (Urls.FirstOrDefault(url => !Schemes.Any(scheme => url.StartsWith(scheme, StringComparison.Ordinal) && url.Length > scheme.Length)) is { } wrong)
        {
            throw new ArgumentException($"MediaServer:Turn:Urls holds '{wrong}', which begins with none of {string.Join(' ', Schemes)}");
        }

        if (HasRelays && string.IsNullOrEmpty(Secret))
        {
            throw new ArgumentException("MediaServer:Turn:Secret is needed for turn: and turns: servers; it is coturn's static-auth-secret");
        }

        if (LifetimeMinutes is < 1 or > 10 * 24 * 60)
        {
            throw new ArgumentException($"MediaServer:Turn:LifetimeMinutes must be 1-14400, not {LifetimeMinutes}");
        }
    }
}
