using System.Text.Json;
using System.Text.Json.Serialization;
using MessagePack;
using MessagePack.Resolvers;

namespace MediaServer.Server.Hubs;

/// <summary>How the hub speaks: JSON with camelCase names and enums, or MessagePack with names as in C# and enums as strings.</summary>
internal static class HubSetup
{
    /// <summary>An offer with 60 m-lines has about 120 kB.</summary>
    private const long MaxMessageBytes = 512 * 1024;

    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(5);

    /// <summary>A connection that says nothing for so long is lost; clients ping every 5 s.</summary>
    public static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How long a client may not read before it is cut off.</summary>
    public static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(5);

    public static void AddMeetingHub(this IServiceCollection services) => services
        .AddSignalR(options =>
        {
            options.MaximumReceiveMessageSize = MaxMessageBytes;
            options.KeepAliveInterval = KeepAlive;
            options.ClientTimeoutInterval = ClientTimeout;
            options.EnableDetailedErrors = false;
        })
        .AddJsonProtocol(options =>
        {
            options.PayloadSerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
            options.PayloadSerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        })
        .AddMessagePackProtocol(options => options.SerializerOptions = MessagePackSerializerOptions.Standard
            .WithResolver(CompositeResolver.Create(DynamicEnumAsStringResolver.Instance, ContractlessStandardResolver.Instance))
            .WithSecurity(MessagePackSecurity.UntrustedData));
}
