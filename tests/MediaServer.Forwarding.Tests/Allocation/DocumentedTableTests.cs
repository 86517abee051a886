using MediaServer.Forwarding.Allocation;

namespace MediaServer.Forwarding.Tests.Allocation;

/// <summary>The table of docs/allocation.md ("Who gets how much").</summary>
public class DocumentedTableTests
{
    [Theory]
    [InlineData(160, -1, 0, -1, -1)]
    [InlineData(580, 1, 1, 0, 0)]
    [InlineData(1400, 1, 2, 1, 1)]
    [InlineData(1740, 2, 2, 1, 1)]
    public void TheTableHolds(int kbps, int nothingBefore, int hadAll, int firstOfTwo, int secondOfTwo)
    {
        Assert.Equal([nothingBefore], Allocate(kbps, -1));
        Assert.Equal([hadAll], Allocate(kbps, 2));
        Assert.Equal([firstOfTwo, secondOfTwo], Allocate(kbps, -1, -1));
    }

    private static int[] Allocate(int kbps, params int[] current)
    {
        var slots = current.Select(layer =>
        {
            var slot = new SlotDemand { TileHeight = 720, WantedLayer = 2, CurrentLayer = layer, IsNew = layer < 0 };
            slot.Layers[0] = new LayerOffer(150_000);
            slot.Layers[1] = new LayerOffer(500_000);
            slot.Layers[2] = new LayerOffer(1_500_000);
            return slot;
        }).ToArray();
        var layers = new int[slots.Length];
        BandwidthAllocator.Allocate(slots, kbps * 1000L, true, false, layers);
        return layers;
    }
}
