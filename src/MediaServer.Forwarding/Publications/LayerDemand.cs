using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>
/// Which layers of a video publication somebody wants: a layer that nobody has wanted for a while is to be switched off at the publisher, one that
/// is wanted again is to be switched on at once. Slots repeat what they want about ten times a second.
/// </summary>
internal sealed class LayerDemand(PublicationLayer[] layers, MediaRouterOptions options)
{
    private readonly MonotonicTime[] _wantedAt = new MonotonicTime[layers.Length];
    private bool _started;

    /// <summary>Bit n: layer n is switched on.</summary>
    public int ActiveLayers { get; private set; } = (1 << layers.Length) - 1;

    /// <summary>A slot wants the layers of <paramref name="mask"/>. True when one of them was switched off: the publisher has to be told.</summary>
    public bool Want(int mask, MonotonicTime now)
    {
        for (var i = 0; i < layers.Length; i++)
        {
            if ((mask & (1 << i)) != 0)
            {
                _wantedAt[i] = now;
            }
        }

        var woken = mask & ~ActiveLayers & ((1 << layers.Length) - 1);
        if (woken == 0)
        {
            return false;
        }

        foreach (var layer in layers)
        {
            if ((woken & (1 << layer.Index)) != 0)
            {
                layer.Wake(now.AddMilliseconds(options.LayerWakeTimeout));
            }
        }

        ActiveLayers |= woken;
        return true;
    }

    /// <summary>Switches off what nobody wants any more. True when something has changed.</summary>
    public bool Expire(MonotonicTime now)
    {
        if (!_started)
        {
            // The time counts from when there is something to switch off.
            _started = Array.Exists(layers, layer => layer.HasPackets);
            for (var i = 0; i < layers.Length; i++)
            {
                _wantedAt[i] = now;
            }

            return false;
        }

        var expired = 0;
        foreach (var layer in layers)
        {
            var bit = 1 << layer.Index;
            if ((ActiveLayers & bit) != 0 && now - _wantedAt[layer.Index] >= options.UnwantedLayerTimeout * 1000L)
            {
                expired |= bit;
                layer.SwitchOff();
            }
        }

        ActiveLayers &= ~expired;
        return expired != 0;
    }
}
