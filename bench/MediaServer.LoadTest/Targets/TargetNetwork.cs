using System.Net;
using MediaServer.LoadTest.Engine;

namespace MediaServer.LoadTest.Targets;

/// <summary>Where the server under test and the participants live.</summary>
/// <param name="Server">Its address.</param>
/// <param name="ServerPrefix">A command that runs a program where the server shall live; empty for here.</param>
/// <param name="Participants">Their addresses.</param>
/// <param name="Description">For the report.</param>
internal sealed record TargetNetwork(IPAddress Server, IReadOnlyList<string> ServerPrefix, AddressRange Participants, string Description)
{
    public static TargetNetwork Loopback { get; } = new(IPAddress.Loopback, [], AddressRange.Loopback, "loopback");
}
