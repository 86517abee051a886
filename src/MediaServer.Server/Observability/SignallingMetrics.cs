using System.Diagnostics.Metrics;

namespace MediaServer.Server.Observability;

/// <summary>The meter "MediaServer.Signalling".</summary>
internal sealed class SignallingMetrics : IDisposable
{
    private readonly Meter _meter = new("MediaServer.Signalling");
    private readonly Counter<long> _calls;
    private readonly UpDownCounter<long> _connections;

    public SignallingMetrics()
    {
        _calls = _meter.CreateCounter<long>("mediaserver.hub.calls", description: "Hub calls by method and result");
        _connections = _meter.CreateUpDownCounter<long>("mediaserver.hub.connections", description: "Open hub connections");
    }

    public void Called(string method, string result) => _calls.Add(1, new("method", method), new("result", result));

    public void ConnectionOpened() => _connections.Add(1);

    public void ConnectionClosed() => _connections.Add(-1);

    public void Dispose() => _meter.Dispose();
}
