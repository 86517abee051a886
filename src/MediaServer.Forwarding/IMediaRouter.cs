using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding;

/// <summary>
/// The pure heart of a shard: datagrams, commands and time in; datagrams (through <see cref="IEgress"/>) and events out.
/// One owner, no locks; nothing thrown for any input.
/// </summary>
public interface IMediaRouter
{
    /// <summary>When <see cref="OnTimeout"/> wants to be called next.</summary>
    MonotonicTime NextDeadline { get; }

    /// <summary>One received datagram; <paramref name="datagram"/> is decrypted in place. Its buffer is the caller's again on return.</summary>
    void OnDatagram(in TransportAddress from, Span<byte> datagram, MonotonicTime now);

    void OnTimeout(MonotonicTime now);

    void Apply(MediaCommand command, MonotonicTime now);

    /// <summary>The TCP connection behind <paramref name="address"/> has closed: nothing can be sent there any more.</summary>
    void OnConnectionClosed(in TransportAddress address, MonotonicTime now)
    {
    }

    /// <summary>
    /// The peer behind <paramref name="address"/> reads more slowly than it is sent to: what waited of its video has been dropped
    /// (<paramref name="isCongested"/>), or nothing waits for it any more.
    /// </summary>
    void OnBackPressure(in TransportAddress address, bool isCongested, MonotonicTime now)
    {
    }

    /// <summary>How many datagrams or packets were dropped for <paramref name="reason"/> since the start.</summary>
    long Dropped(DropReason reason);

    /// <summary>What congestion control towards subscribers does; may be read from any thread.</summary>
    CongestionCounters Congestion { get; }
}
