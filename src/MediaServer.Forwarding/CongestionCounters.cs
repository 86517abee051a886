namespace MediaServer.Forwarding;

/// <summary>
/// What congestion control does on one router. Written on the shard's thread, read from any: single values, each right by itself.
/// </summary>
public sealed class CongestionCounters
{
    /// <summary>Switches of a slot from one layer to another, upwards and downwards.</summary>
    public long LayerSwitches { get; internal set; }

    /// <summary>How often a slot got nothing because bandwidth was short.</summary>
    public long Suspensions { get; internal set; }

    /// <summary>Slots that are suspended now.</summary>
    public long SuspendedSlots { get; internal set; }

    /// <summary>Packets that had to wait in a pacer.</summary>
    public long PacedPackets { get; internal set; }

    /// <summary>Packets that a pacer dropped because they would have waited too long.</summary>
    public long PacerDrops { get; internal set; }

    public long ProbeClusters { get; internal set; }

    public long FeedbackReceived { get; internal set; }

    /// <summary>Subscribers with a measured estimate; the following two are over these.</summary>
    public long Estimates { get; internal set; }

    /// <summary>Bits per second, refreshed every 2 s.</summary>
    public long LowestEstimate { get; internal set; }

    public long MedianEstimate { get; internal set; }

    /// <summary>Messages to publishers that switched a layer on or off.</summary>
    public long LayerDemandChanges { get; internal set; }
}
