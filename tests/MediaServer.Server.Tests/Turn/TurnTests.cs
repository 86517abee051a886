using MediaServer.Contracts;
using MediaServer.Server.Media;

namespace MediaServer.Server.Tests.Turn;

/// <summary>Credentials for relays, as participants get them and as Debian's coturn judges them.</summary>
public sealed class TurnTests
{
    private const string Secret = "north wind";
    private static readonly DateTimeOffset Noon = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Fact]
    public void Credentials_say_until_when_and_whose_and_are_signed()
    {
        var servers = new IceServers(new TurnOptions { Urls = ["turn:turn.test:3478", "stun:stun.test", "turns:turn.test:443?transport=tcp"], Secret = Secret, LifetimeMinutes = 10 });
        var given = servers.For("a1b2", Noon);
        Assert.Equal(["stun:stun.test"], given[0].Urls);
        Assert.Null(given[0].Username ?? given[0].Credential);
        Assert.Equal(["turn:turn.test:3478", "turns:turn.test:443?transport=tcp"], given[1].Urls);
        Assert.Equal("1800000600:a1b2", given[1].Username);

        // printf %s 1800000600:a1b2 | openssl dgst -sha1 -hmac 'north wind' -binary | base64
        Assert.Equal("mVXqWNUfgtOJ/S61nULgAvrYbos=", given[1].Credential);
    }

    [Fact]
    public void Without_servers_nobody_is_told_of_any() => Assert.Empty(new IceServers(new TurnOptions()).For("a", Noon));

    [Theory]
    [InlineData("http://turn.test", Secret, 10, "Urls")]
    [InlineData("turn:", Secret, 10, "Urls")]
    [InlineData("turn:turn.test", null, 10, "Secret")]
    [InlineData("turn:turn.test", Secret, 0, "LifetimeMinutes")]
    public void A_wrong_setting_is_named(string url, string? secret, int minutes, string named)
    {
        var error = Assert.Throws<ArgumentException>(() => new TurnOptions { Urls = [url], Secret = secret, LifetimeMinutes = minutes }.Validate());
        Assert.Contains($"MediaServer:Turn:{named}", error.Message, StringComparison.Ordinal);
    }

    [CoturnFact]
    public async Task Coturn_allocates_for_a_participant_and_for_nobody_else()
    {
        using var coturn = await Coturn.Start(Secret);
        await using var server = await RunningServer.Start(
            settings: ["--MediaServer:Turn:Urls:0", $"turn:127.0.0.1:{coturn.Port}", "--MediaServer:Turn:Secret", Secret, "--MediaServer:Turn:LifetimeMinutes", "5"]);
        await using var hub = await HubClient.Connect(server.Url);
        var code = await HubClient.CreateMeeting(server.Url);
        var joined = (await hub.Join(code, "Anna")).Value!;
        var relay = Assert.Single(joined.IceServers);
        Assert.Equal([$"turn:127.0.0.1:{coturn.Port}"], relay.Urls);
        Assert.EndsWith(":" + joined.ParticipantId, relay.Username, StringComparison.Ordinal);

        Assert.Equal(0, TurnAllocation.Request(coturn.Port, relay.Username!, relay.Credential!));
        Assert.Equal(401, TurnAllocation.Request(coturn.Port, relay.Username!, IceServers.PasswordOf(relay.Username!, "south wind")));
        Assert.Equal(401, TurnAllocation.Request(coturn.Port, "9" + relay.Username, relay.Credential!));
    }

    [CoturnFact]
    public async Task Coturn_refuses_credentials_whose_time_is_over()
    {
        using var coturn = await Coturn.Start(Secret);
        var servers = new IceServers(new TurnOptions { Urls = ["turn:127.0.0.1"], Secret = Secret, LifetimeMinutes = 5 });
        IceServer At(DateTimeOffset time) => servers.For("a1b2", time).Single();
        var (fresh, old) = (At(DateTimeOffset.UtcNow), At(DateTimeOffset.UtcNow.AddMinutes(-6)));
        Assert.Equal(0, TurnAllocation.Request(coturn.Port, fresh.Username!, fresh.Credential!));
        Assert.Equal(401, TurnAllocation.Request(coturn.Port, old.Username!, old.Credential!));
    }
}
