using System.Net;
using MediaServer.MediaPlane.Tests.Harness;

namespace MediaServer.MediaPlane.Tests;

/// <summary>Addresses in candidates, and settings that are wrong.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Advertised_addresses_are_what_candidates_hold_in_their_order()
    {
        var candidates = CandidatesWith(new MediaPlaneOptions { AdvertisedAddresses = ["203.0.113.7", "2001:db8::7", "203.0.113.7"] });
        Assert.Equal(["203.0.113.7", "2001:db8::7"], candidates);
    }

    [Fact]
    public void Loopback_is_offered_only_when_asked_for()
    {
        Assert.Equal(["203.0.113.7", "127.0.0.1"], CandidatesWith(new MediaPlaneOptions { AdvertisedAddresses = ["203.0.113.7"], IncludeLoopback = true }));
        Assert.Equal(["203.0.113.7"], CandidatesWith(new MediaPlaneOptions { AdvertisedAddresses = ["203.0.113.7"] }));
    }

    [Fact]
    public void A_socket_without_IPv6_offers_none()
    {
        Assert.Equal(["203.0.113.7"], CandidatesWith(new MediaPlaneOptions { ListenAddress = "0.0.0.0", AdvertisedAddresses = ["2001:db8::7", "203.0.113.7"] }));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Whoever_listens_on_one_address_offers_that_one(string listen) =>
        Assert.Equal([listen], CandidatesWith(new MediaPlaneOptions { ListenAddress = listen }));

    [Fact]
    public void Without_settings_there_is_always_something_to_offer()
    {
        var candidates = CandidatesWith(new MediaPlaneOptions());
        Assert.NotEmpty(candidates);
        Assert.DoesNotContain(candidates, c => IPAddress.Parse(c).IsIPv6LinkLocal);
    }

    [Theory]
    [InlineData(0, 1, "::", null, "BasePort")]
    [InlineData(65535, 2, "::", null, "BasePort")]
    [InlineData(-5, 1, "::", null, "BasePort")]
    [InlineData(50000, -1, "::", null, "Shards")]
    [InlineData(50000, 257, "::", null, "Shards")]
    [InlineData(50000, 1, "everywhere", null, "ListenAddress")]
    [InlineData(50000, 1, "::", "media.example.org", "AdvertisedAddresses")]
    [InlineData(50000, 1, "::", "", "AdvertisedAddresses")]
    public void A_wrong_setting_is_named(int basePort, int shards, string listen, string? advertised, string setting)
    {
        var options = new MediaPlaneOptions { BasePort = basePort, Shards = shards, ListenAddress = listen, AdvertisedAddresses = advertised is null ? [] : [advertised] };
        Assert.Contains($"MediaServer:Media:{setting}", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_extremes_are_right()
    {
        new MediaPlaneOptions { BasePort = 65535, Shards = 1 }.Validate();
        new MediaPlaneOptions { BasePort = 1, Shards = 256 }.Validate();
        new MediaPlaneOptions().Validate();
        Assert.Equal(Environment.ProcessorCount, new MediaPlaneOptions().ShardCount);
    }

    private static string[] CandidatesWith(MediaPlaneOptions options)
    {
        using var running = new RunningPlane(options: options);
        var byProtocol = running.Plane.CandidatesOf(0).ToLookup(c => c.IsTcp, c => c.ToEndPoint().Address.ToString());
        Assert.Equal(byProtocol[false], byProtocol[true]);
        return [.. byProtocol[false]];
    }
}
