using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Relays;

/// <summary>A router that can be joined with others. Messages come to it as commands, through <see cref="IMediaRouter.Apply"/>.</summary>
public interface IRelayEndpoint
{
    /// <summary>Called once, before anything else.</summary>
    void Connect(int shard, IRelayLinks links);

    /// <summary>One record from another router's link. Its bytes are the link's again on return.</summary>
    void OnRelayRecord(int from, ReadOnlySpan<byte> record, MonotonicTime now);
}
