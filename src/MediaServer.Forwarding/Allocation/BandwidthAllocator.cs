namespace MediaServer.Forwarding.Allocation;

/// <summary>
/// Distributes what a subscriber can receive over its video slots. Pure and without allocation; docs/allocation.md says the same in prose.
/// </summary>
public static class BandwidthAllocator
{
    public const int MaxSlots = 64;

    /// <summary>An upgrade must fit with this much of its rate to spare, so that a layer which only just fits is not taken and lost again.</summary>
    private const int HeadroomPercent = 15;

    /// <summary>
    /// What a slot has is kept up to this much above the estimate: each over-use lowers the estimate to 85 % of what the link carries, and rates vary.
    /// </summary>
    private const int TolerancePercent = 11;

    /// <summary>What a first layer counts at most before it has been measured, for nobody shall be left without a picture on a guess.</summary>
    private const long GuessedCost = 100_000;

    private enum Step
    {
        /// <summary>Everybody the lowest layer.</summary>
        Start,

        /// <summary>Then everybody what they have.</summary>
        Keep,

        /// <summary>Then more.</summary>
        Upgrade,
    }

    /// <param name="slots">At most <see cref="MaxSlots"/>.</param>
    /// <param name="bitrate">What may be used, in bits per second, audio taken off already.</param>
    /// <param name="mayUpgrade">False for a while after a downgrade: no slot gets more than it has.</param>
    /// <param name="keepFirst">True while nothing has been measured: the first slot is not suspended on a guess.</param>
    /// <param name="layers">Receives the layer of each slot, <see cref="SlotDemand.Nothing"/> where it is suspended or has no source.</param>
    public static AllocationSummary Allocate(ReadOnlySpan<SlotDemand> slots, long bitrate, bool mayUpgrade, bool keepFirst, Span<int> layers)
    {
        Span<int> order = stackalloc int[MaxSlots];
        order = order[..slots.Length];
        Sort(slots, order);
        layers[..slots.Length].Fill(SlotDemand.Nothing);
        long used = 0;
        if (keepFirst && order.Length > 0)
        {
            layers[order[0]] = NextLayer(slots[order[0]], SlotDemand.Nothing);
            used = CostOf(slots[order[0]], layers[order[0]]);
        }

        for (var first = 0; first < order.Length;)
        {
            var end = first + 1;
            while (end < order.Length && slots[order[end]].Priority == slots[order[first]].Priority)
            {
                end++;
            }

            var group = order[first..end];
            Serve(Step.Start, slots, group, bitrate, mayUpgrade, layers, ref used);
            Serve(Step.Keep, slots, group, bitrate, mayUpgrade, layers, ref used);
            Serve(Step.Upgrade, slots, group, bitrate, mayUpgrade, layers, ref used);
            first = end;
        }

        return Summarise(slots, layers);
    }

    /// <summary>By priority, then by tile height, both descending; else in the order given.</summary>
    private static void Sort(ReadOnlySpan<SlotDemand> slots, Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            var place = i;
            while (place > 0 && IsBefore(slots[i], slots[order[place - 1]]))
            {
                order[place] = order[place - 1];
                place--;
            }

            order[place] = i;
        }
    }

    private static bool IsBefore(in SlotDemand a, in SlotDemand b) =>
        a.Priority != b.Priority ? a.Priority > b.Priority : a.TileHeight > b.TileHeight;

    /// <summary>One step for one priority: everybody one layer, then everybody the next one, as long as it fits.</summary>
    private static void Serve(Step step, ReadOnlySpan<SlotDemand> slots, ReadOnlySpan<int> group, long bitrate, bool mayUpgrade, Span<int> layers, ref long used)
    {
        for (var level = 0; level < LayerOffers.Capacity; level++)
        {
            foreach (var index in group)
            {
                ref readonly var slot = ref slots[index];
                if (NextLayer(slot, layers[index]) != level || StepOf(slot, layers[index], level) > step)
                {
                    continue;
                }

                var has = level <= slot.CurrentLayer;
                if (!has && !mayUpgrade && !(slot.IsNew && step == Step.Start))
                {
                    continue;
                }

                var extra = CostOf(slot, level) - CostOf(slot, layers[index]);
                if (layers[index] == SlotDemand.Nothing && slot.Layers[level].IsGuess)
                {
                    extra = Math.Min(extra, GuessedCost);
                }

                var limit = has ? bitrate + (bitrate / 100 * TolerancePercent) : bitrate;
                if (used + extra <= limit)
                {
                    used += extra;
                    layers[index] = level;
                }
            }
        }
    }

    /// <summary>In which step a slot may go from <paramref name="layer"/> to <paramref name="next"/>.</summary>
    private static Step StepOf(in SlotDemand slot, int layer, int next) =>
        layer == SlotDemand.Nothing ? Step.Start : next <= slot.CurrentLayer ? Step.Keep : Step.Upgrade;

    /// <summary>The next available layer above <paramref name="layer"/>, up to the wanted one.</summary>
    private static int NextLayer(in SlotDemand slot, int layer)
    {
        for (var next = layer + 1; next <= slot.WantedLayer; next++)
        {
            if (slot.Layers[next].IsAvailable)
            {
                return next;
            }
        }

        return SlotDemand.Nothing;
    }

    private static long CostOf(in SlotDemand slot, int layer) =>
        BitrateOf(slot, layer) * (layer > slot.CurrentLayer ? 100 + HeadroomPercent : 100) / 100;

    private static long BitrateOf(in SlotDemand slot, int layer) => layer == SlotDemand.Nothing ? 0 : slot.Layers[layer].BitsPerSecond;

    private static AllocationSummary Summarise(ReadOnlySpan<SlotDemand> slots, ReadOnlySpan<int> layers)
    {
        long used = 0;
        long needed = 0;
        var suspended = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            ref readonly var slot = ref slots[i];
            var best = SlotDemand.Nothing;
            for (var next = NextLayer(slot, SlotDemand.Nothing); next != SlotDemand.Nothing; next = NextLayer(slot, next))
            {
                best = next;
            }

            needed += CostOf(slot, best);
            if (layers[i] != SlotDemand.Nothing)
            {
                used += BitrateOf(slot, layers[i]);
            }
            else if (best != SlotDemand.Nothing)
            {
                suspended++;
            }
        }

        return new AllocationSummary(used, needed, suspended);
    }
}
