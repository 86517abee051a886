using MediaServer.Architecture.Tests.Harness;

namespace MediaServer.Architecture.Tests;

/// <summary>What runs for each packet: no LINQ, no tasks, no locks, no regular expressions, no string building.</summary>
public sealed class HotPathTests
{
    /// <summary>Methods of these projects that run once per negotiation or at start.</summary>
    private static readonly string[] Cold =
    [
        "Publication..ctor",
        "PeerTransport.ApplyMedia",
        "MediaPlane.",
        "MediaShard..ctor",
        "MediaPlaneMetrics.",
        "HostAddresses.",
    ];

    private static readonly string[] Slow =
    [
        "System.Linq.Enumerable::",
        "System.Threading.Tasks.Task",
        "System.Threading.Monitor::",
        "System.Text.RegularExpressions.",
        "System.String::Format",
        "System.String::Concat",
        "System.Runtime.CompilerServices.DefaultInterpolatedStringHandler::",
        "System.Runtime.CompilerServices.AsyncTaskMethodBuilder",
    ];

    [Theory]
    [InlineData("MediaServer.Forwarding", "MediaServer.Forwarding")]
    [InlineData("MediaServer.MediaPlane", "MediaServer.MediaPlane")]
    [InlineData("MediaServer.Protocol", "MediaServer.Protocol.Rtp")]
    [InlineData("MediaServer.Protocol", "MediaServer.Protocol.Rtcp")]
    [InlineData("MediaServer.Protocol", "MediaServer.Protocol.Srtp")]
    [InlineData("MediaServer.Protocol", "MediaServer.Protocol.Stun")]
    [InlineData("MediaServer.Protocol", "MediaServer.Protocol.Codecs")]
    [InlineData("MediaServer.Protocol", "MediaServer.Protocol.Congestion")]
    [InlineData("MediaServer.Protocol", "MediaServer.Protocol.Primitives")]
    public void Nothing_slow_is_called_per_packet(string assembly, string folder)
    {
        var methods = Assemblies.Methods(assembly).Where(method => Namespace(method.DeclaringType).StartsWith(folder, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(methods);
        var found = from method in methods
                    let written = Assemblies.Written(method)
                    where !Cold.Any(cold => written.StartsWith(cold, StringComparison.Ordinal)) && !IsForPeople(written)
                    from call in Assemblies.Calls(method)
                    where Slow.Any(slow => call.StartsWith(slow, StringComparison.Ordinal))
                    select $"{written} calls {call}";
        Assert.Empty(found.Distinct());
    }

    [Fact]
    public void The_list_of_cold_methods_holds_nothing_that_is_gone()
    {
        var written = new[] { "MediaServer.Forwarding", "MediaServer.MediaPlane" }.SelectMany(Assemblies.Methods).Select(Assemblies.Written).ToHashSet();
        Assert.All(Cold, cold => Assert.Contains(written, method => method.StartsWith(cold, StringComparison.Ordinal)));
    }

    /// <summary>Text of records and errors, which no packet needs.</summary>
    private static bool IsForPeople(string method) =>
        method.EndsWith(".ToString", StringComparison.Ordinal) || method.EndsWith(".PrintMembers", StringComparison.Ordinal) || method.EndsWith("Options.Validate", StringComparison.Ordinal);

    private static string Namespace(Mono.Cecil.TypeDefinition type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        return type.Namespace;
    }
}
