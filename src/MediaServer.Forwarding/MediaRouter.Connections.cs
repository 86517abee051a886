using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding;

/// <summary>The part that hears of TCP connections.</summary>
public sealed partial class MediaRouter
{
    public void OnConnectionClosed(in TransportAddress address, MonotonicTime now) => _transports.Unbind(address)?.OnConnectionClosed(address, now);

    public void OnBackPressure(in TransportAddress address, bool isCongested, MonotonicTime now)
    {
        if (_transports.TryFind(address, out var transport))
        {
            transport.OnBackPressure(address, isCongested, now);
        }
    }
}
