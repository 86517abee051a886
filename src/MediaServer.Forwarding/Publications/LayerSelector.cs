using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>Which simulcast layer a tile should show.</summary>
internal static class LayerSelector
{
    /// <summary>Assumed of the highest layer while no key frame has told a height.</summary>
    private const int AssumedHeight = 720;
    private const long AssumedBitrate = 1_500_000;
    private const long MinAssumedBitrate = 100_000;

    /// <summary>
    /// The smallest available layer that is at least <paramref name="maxHeight"/> high, else the largest available one, and none above
    /// <paramref name="limit"/> (what bandwidth allows); null when nothing can be had.
    /// </summary>
    public static PublicationLayer? Choose(PublicationLayer[] layers, int maxHeight, int limit, MonotonicTime now)
    {
        PublicationLayer? chosen = null;
        foreach (var layer in layers)
        {
            if (!layer.IsAvailable(now))
            {
                continue;
            }

            if (layer.Index > limit)
            {
                break;
            }

            chosen = layer;
            if (HeightOf(layers, layer.Index) >= maxHeight)
            {
                break;
            }
        }

        return chosen;
    }

    /// <summary>The layer that covers <paramref name="maxHeight"/>, whether it arrives or not: what the publisher should be sending.</summary>
    public static int IndexFor(PublicationLayer[] layers, int maxHeight)
    {
        var index = 0;
        while (index < layers.Length - 1 && HeightOf(layers, index) < maxHeight)
        {
            index++;
        }

        return index;
    }

    /// <summary>The layer's bitrate: as measured, else what browsers send at such a height (720p about 1.5 Mbit/s, by the area).</summary>
    public static long BitrateOf(PublicationLayer[] layers, int index)
    {
        if (layers[index].Bitrate.BitsPerSecond > 0)
        {
            return layers[index].Bitrate.BitsPerSecond;
        }

        var height = HeightOf(layers, index);
        return Math.Max(MinAssumedBitrate, AssumedBitrate * height * height / (AssumedHeight * AssumedHeight));
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
