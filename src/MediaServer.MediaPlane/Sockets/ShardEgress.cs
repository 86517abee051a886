using MediaServer.MediaPlane.Sockets.Tcp;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets;

/// <summary>The router's way out: by UDP, or by the TCP connection that the destination names.</summary>
internal sealed class ShardEgress(EgressQueue datagrams, TcpPort? connections) : IEgress
{
    /// <summary>Back-pressure that is told about makes the router write: to publishers for key frames, which may be told about in turn.</summary>
    private const int MaxRounds = 4;

    private bool _isTcp;

    public Span<byte> Reserve(in TransportAddress destination, int maxLength) => Reserve(destination, maxLength, TrafficClass.Control);

    public Span<byte> Reserve(in TransportAddress destination, int maxLength, TrafficClass traffic)
    {
        _isTcp = destination.IsTcp;
        if (!_isTcp)
        {
            return datagrams.Reserve(destination, maxLength);
        }

        return connections is null ? default : connections.Reserve(destination, maxLength, traffic, MonotonicClock.Now);
    }

    public void Commit(int length)
    {
        if (_isTcp)
        {
            connections?.Commit(length);
        }
        else
        {
            datagrams.Commit(length);
        }
    }

    public void Bind(in TransportAddress address)
    {
        if (address.IsTcp)
        {
            connections?.Bind(address);
        }
    }

    public void Release(in TransportAddress address)
    {
        if (address.IsTcp)
        {
            connections?.Release(address, MonotonicClock.Now);
        }
    }

    public void Flush(IConnectionReceiver receiver)
    {
        for (var i = 0; i < MaxRounds && connections is { NeedsFlush: true }; i++)
        {
            connections.Flush(receiver);
        }

        datagrams.Flush();
    }
}
