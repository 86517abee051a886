using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>Which simulcast layer a tile should show.</summary>
internal static class LayerSelector
{
    /// <summary>Assumed of the highest layer while no key frame has told a height.</summary>
    private const int AssumedHeight = 720;

    /// <summary>
    /// The smallest active layer that is at least <paramref name="maxHeight"/> high, else the largest active one; null when nothing arrives.
    /// </summary>
    public static PublicationLayer? Choose(PublicationLayer[] layers, int maxHeight, MonotonicTime now)
    {
        PublicationLayer? chosen = null;
        foreach (var layer in layers)
        {
            if (!layer.IsActive(now))
            {
                continue;
            }

            chosen = layer;
            if (HeightOf(layers, layer.Index) >= maxHeight)
            {
                break;
            }
        }

        return chosen;
    }

    /// <summary>What to ask a key frame of when nothing arrives (a screen that does not change): the highest layer that ever sent.</summary>
    public static PublicationLayer? ChooseIdle(PublicationLayer[] layers)
    {
        for (var i = layers.Length - 1; i >= 0; i--)
        {
            if (layers[i].HasPackets)
            {
                return layers[i];
            }
        }

        return null;
    }

    /// <summary>The layer's height; where unknown, half per step from a layer that is known (scaleResolutionDownBy 4, 2, 1).</summary>
    public static int HeightOf(PublicationLayer[] layers, int index)
    {
        if (layers[index].Height > 0)
        {
            return layers[index].Height;
        }

        for (var i = layers.Length - 1; i >= 0; i--)
        {
            if (layers[i].Height > 0)
            {
                return i > index ? layers[i].Height >> (i - index) : layers[i].Height << (index - i);
            }
        }

        return AssumedHeight >> (layers.Length - 1 - index);
    }
}
