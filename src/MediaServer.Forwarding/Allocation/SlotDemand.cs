using System.Runtime.CompilerServices;

namespace MediaServer.Forwarding.Allocation;

/// <summary>What one simulcast layer costs, in bits per second with all headers.</summary>
/// <param name="BitsPerSecond">As measured, or as is assumed of its height; <see cref="Unavailable"/> when the layer can't be had now.</param>
/// <param name="IsGuess">Not measured yet.</param>
public readonly record struct LayerOffer(long BitsPerSecond, bool IsGuess = false)
{
    public const long Unavailable = -1;

    public bool IsAvailable => BitsPerSecond >= 0;
}

/// <summary>The layers of a publication, lowest first.</summary>
[InlineArray(Capacity)]
public struct LayerOffers
{
    public const int Capacity = 4;

    private LayerOffer _first;
}

/// <summary>What one video slot would like to have.</summary>
public struct SlotDemand
{
    public const int Nothing = -1;

    /// <summary>A higher priority is served completely before a lower one gets anything.</summary>
    public int Priority;

    /// <summary>Height of the tile in pixels: within a priority, larger tiles come first.</summary>
    public int TileHeight;

    public LayerOffers Layers;

    /// <summary>The layer that covers the tile; <see cref="Nothing"/> for a slot without a source.</summary>
    public int WantedLayer;

    /// <summary>The layer that was allocated last time, <see cref="Nothing"/> when the slot is suspended or new.</summary>
    public int CurrentLayer;

    /// <summary>True for a slot that was not there last time: it may start (with its lowest layer) even while upgrades have to wait.</summary>
    public bool IsNew;
}

/// <summary>The outcome for all slots of one subscriber, in bits per second.</summary>
/// <param name="Used">What the allocated layers cost together.</param>
/// <param name="Needed">The estimate with which every slot would get what it wants.</param>
/// <param name="Suspended">How many slots with a source get nothing.</param>
public readonly record struct AllocationSummary(long Used, long Needed, int Suspended);
