using System.Net;
using System.Net.Http.Headers;
using MediaServer.Server.Observability;
using Microsoft.AspNetCore.Http;

namespace MediaServer.Server.Tests;

public sealed class MetricsTests
{
    [Theory]
    [InlineData("127.0.0.1", null, null, null, true)]
    [InlineData("::1", null, null, null, true)]
    [InlineData("192.0.2.7", null, null, null, false)]
    [InlineData("127.0.0.1", "X-Forwarded-For", null, null, false)]
    [InlineData("127.0.0.1", "Via", null, null, false)]
    [InlineData("127.0.0.1", null, null, "secret", false)]
    [InlineData("192.0.2.7", null, "Bearer secret", "secret", true)]
    [InlineData("192.0.2.7", "X-Forwarded-For", "Bearer secret", "secret", true)]
    [InlineData("192.0.2.7", null, "Bearer secrets", "secret", false)]
    [InlineData("192.0.2.7", null, "Basic secret", "secret", false)]
    public void Only_this_machine_or_the_token_may_scrape(string remote, string? forwarding, string? authorization, string? token, bool allowed)
    {
        var headers = new HeaderDictionary();
        if (forwarding is not null)
        {
            headers[forwarding] = "198.51.100.1";
        }

        if (authorization is not null)
        {
            headers["Authorization"] = authorization;
        }

        Assert.Equal(allowed, MetricsAccess.IsAllowed(IPAddress.Parse(remote), headers, token));
    }

    [Fact]
    public void The_longest_pause_is_forgotten_after_thirty_seconds()
    {
        var pauses = new LongestPause();
        pauses.Add(0.004, 100);
        pauses.Add(0.001, 100);
        pauses.Add(0.002, 110);

        Assert.Equal(0.004, pauses.Within(129));
        Assert.Equal(0.002, pauses.Within(130));
        Assert.Equal(0, pauses.Within(140));
    }

    [Fact]
    public async Task A_scrape_shows_calls_shards_and_pauses_of_the_collector()
    {
        await using var server = await RunningServer.Start();
        await HubClient.CreateMeeting(server.Url);
        using var http = new HttpClient();

        await Eventually.True(() => Collected(http, server.Url), "a pause of the collector is counted");
        var text = await http.GetStringAsync(new Uri(server.Url, "/metrics"));

        Assert.Contains("mediaserver_hub_calls_total{", text, StringComparison.Ordinal);
        Assert.Contains("mediaserver_media_datagrams_received_total{", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc_collections_total{", text, StringComparison.Ordinal);

        using var proxied = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Url, "/metrics"));
        proxied.Headers.Via.Add(new ViaHeaderValue("1.1", "proxy"));
        using var refused = await http.SendAsync(proxied);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    /// <summary>Collects until the runtime's events, which come with some delay, show in the metrics.</summary>
    private static bool Collected(HttpClient http, Uri server)
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        var text = http.GetStringAsync(new Uri(server, "/metrics")).GetAwaiter().GetResult();
        var blocking = text.Split('\n').FirstOrDefault(l => l.StartsWith("mediaserver_gc_blocking_gen2_total{", StringComparison.Ordinal));
        var longest = text.Split('\n').FirstOrDefault(l => l.StartsWith("mediaserver_gc_longest_pause_seconds{", StringComparison.Ordinal));
        return blocking is not null && longest is not null && !longest.EndsWith(" 0", StringComparison.Ordinal);
    }
}
