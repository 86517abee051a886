using CsCheck;
using MediaServer.Forwarding.Allocation;

namespace MediaServer.Forwarding.Tests.Allocation;

/// <summary>Rates in kbit/s: q 150, h 500, f 1500 unless a test says otherwise.</summary>
public class BandwidthAllocatorTests
{
    private static readonly long[] Rates = [150, 500, 1500];

    [Theory]
    [InlineData(100, -1)]
    [InlineData(160, -1)]
    [InlineData(175, 0)]
    [InlineData(570, 0)]
    [InlineData(580, 1)]
    [InlineData(1700, 1)]
    [InlineData(1740, 2)]
    [InlineData(9000, 2)]
    public void OneNewSlotGetsTheHighestLayerThatFitsWithHeadroom(int bitrate, int layer) =>
        Assert.Equal([layer], Allocate(bitrate, Slot()));

    [Theory]
    [InlineData(1500, 2)]
    [InlineData(1360, 2)]
    [InlineData(1340, 1)]
    [InlineData(460, 1)]
    [InlineData(440, 0)]
    [InlineData(130, -1)]
    public void WhatASlotHasIsKeptALittleLonger(int bitrate, int layer) =>
        Assert.Equal([layer], Allocate(bitrate, Slot(current: 2)));

    [Fact]
    public void AHigherPriorityIsServedCompletelyFirst() =>
        Assert.Equal([0, 2, 0], Allocate(2080, Slot(), Slot(priority: 1), Slot()));

    [Fact]
    public void WithinAPriorityEverybodyGetsOneLayerBeforeAnybodyGetsTwo() =>
        Assert.Equal([0, 0, 0], Allocate(600, Slot(height: 180), Slot(height: 720), Slot(height: 360)));

    [Fact]
    public void ThenLargerTilesComeFirst() =>
        Assert.Equal([0, 1, 0], Allocate(1000, Slot(height: 180), Slot(height: 720), Slot(height: 360)));

    [Fact]
    public void TheSmallestTileIsTheFirstThatGetsNothing() =>
        Assert.Equal([0, 0, -1], Allocate(370, Slot(height: 300), Slot(height: 720), Slot(height: 180)));

    [Fact]
    public void ANewSlotTakesFromThoseThatHaveMuch() =>
        Assert.Equal([1, 0], Allocate(1500, Slot(current: 2, height: 720), Slot(wanted: 0, height: 90)));

    [Fact]
    public void AnUpgradeTakesNothingFromThoseThatHave() =>
        Assert.Equal([0, 2], Allocate(1700, Slot(current: 0, height: 720), Slot(current: 2, height: 180)));

    [Fact]
    public void NothingIsUpgradedWhileTheHoldLastsButANewSlotStarts() =>
        Assert.Equal([0, 0, 1], Allocate(9000, mayUpgrade: false, Slot(current: 0), Slot(), Slot(current: 1)));

    [Fact]
    public void ASuspendedSlotWaitsForTheHoldToo() =>
        Assert.Equal([-1], Allocate(9000, mayUpgrade: false, Slot(isNew: false)));

    [Fact]
    public void OnAGuessTheFirstSlotIsNotSuspended() =>
        Assert.Equal([-1, 0], Allocate(50, mayUpgrade: true, keepFirst: true, Slot(), Slot(priority: 1)));

    [Fact]
    public void LayersThatCanNotBeHadAreSkipped()
    {
        var slot = Slot();
        slot.Layers[0] = new LayerOffer(LayerOffer.Unavailable);
        slot.Layers[1] = new LayerOffer(LayerOffer.Unavailable);
        Assert.Equal([2], Allocate(2000, slot));
        Assert.Equal([-1], Allocate(1000, slot));
    }

    [Fact]
    public void TheSummarySaysWhatIsUsedNeededAndSuspended()
    {
        var layers = new int[3];
        SlotDemand[] slots = [Slot(current: 1), Slot(current: 0), Slot(wanted: SlotDemand.Nothing)];
        var summary = BandwidthAllocator.Allocate(slots, 600_000, true, false, layers);
        Assert.Equal([1, 0, -1], layers);
        Assert.Equal(new AllocationSummary(650_000, 2 * 1_725_000, 0), summary);
        summary = BandwidthAllocator.Allocate(slots, 200_000, true, false, layers);
        Assert.Equal(1, summary.Suspended);
    }

    [Fact]
    public void NeverMoreThanThereIsNeverMoreThanWantedAndNeverPastAHigherPriority() =>
        Gen.Select(
                Gen.Select(Gen.Int[0, 3], Gen.Int[90, 1080], Gen.Int[-1, 2], Gen.Int[-1, 2], Gen.Long[20, 4000], Gen.Bool)
                    .Select((priority, height, current, wanted, rate, isNew) => Slot(priority, height, isNew ? -1 : current, wanted, isNew, rate)).Array[0, 50],
                Gen.Long[0, 30_000])
            .Sample((slots, kbps) =>
            {
                var layers = new int[slots.Length];
                var summary = BandwidthAllocator.Allocate(slots, kbps * 1000, true, false, layers);
                Assert.True(summary.Used <= kbps * 1000 * 1.11 + 1);
                for (var i = 0; i < slots.Length; i++)
                {
                    Assert.InRange(layers[i], -1, slots[i].WantedLayer);

                    // Who is suspended could not have started even after everybody of a lower priority had been suspended.
                    if (layers[i] < 0 && slots[i].WantedLayer >= 0)
                    {
                        var others = Enumerable.Range(0, slots.Length).Where(k => slots[k].Priority >= slots[i].Priority && layers[k] >= 0)
                            .Sum(k => slots[k].Layers[layers[k]].BitsPerSecond * 1.15);
                        Assert.True(others + (slots[i].Layers[0].BitsPerSecond * 1.15) > kbps * 1000);
                    }
                }
            });

    private static SlotDemand Slot(int priority = 0, int height = 720, int current = -1, int wanted = 2, bool? isNew = null, long scale = 1000)
    {
        var slot = new SlotDemand { Priority = priority, TileHeight = height, CurrentLayer = current, WantedLayer = wanted, IsNew = isNew ?? current < 0 };
        for (var i = 0; i < 3; i++)
        {
            slot.Layers[i] = new LayerOffer(Rates[i] * scale);
        }

        return slot;
    }

    private static int[] Allocate(long kbps, params SlotDemand[] slots) => Allocate(kbps, true, false, slots);

    private static int[] Allocate(long kbps, bool mayUpgrade, params SlotDemand[] slots) => Allocate(kbps, mayUpgrade, false, slots);

    private static int[] Allocate(long kbps, bool mayUpgrade, bool keepFirst, params SlotDemand[] slots)
    {
        var layers = new int[slots.Length];
        BandwidthAllocator.Allocate(slots, kbps * 1000, mayUpgrade, keepFirst, layers);
        return layers;
    }
}
