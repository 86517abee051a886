using System.Diagnostics.Metrics;

namespace MediaServer.Server.Tests;

/// <summary>Reads what the server counts of its links between shards.</summary>
internal sealed class RelayedPackets : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<long> _measured = [];

    public RelayedPackets()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "mediaserver.media.relayed_packets")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => _measured.Add(value));
        _listener.Start();
    }

    /// <summary>Packets per link that has been used, since the start.</summary>
    public IReadOnlyList<long> Links()
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
        return [.. _measured];
    }

    public void Dispose() => _listener.Dispose();
}
