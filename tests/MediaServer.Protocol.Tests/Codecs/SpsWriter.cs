namespace MediaServer.Protocol.Tests.Codecs;

/// <summary>Writes sequence parameter sets (ITU-T H.264 section 7.3.2.1.1), with emulation prevention.</summary>
internal sealed class SpsWriter(int profile)
{
    private readonly List<bool> _bits = [];

    public byte[] Write(int chromaFormat, int orderType, int width, int height, bool framesOnly, (int Left, int Right, int Top, int Bottom)? crop)
    {
        Exp(0);
        if (profile >= 100)
        {
            Exp(chromaFormat);
            if (chromaFormat == 3)
            {
                Bit(false);
            }

            Exp(0).Exp(0).Bit(false).Bit(false);
        }

        Exp(12).Exp(orderType);
        if (orderType == 0)
        {
            Exp(4);
        }
        else if (orderType == 1)
        {
            Bit(true).Exp(70_000).Exp(3).Exp(3).Exp(1).Exp(2).Exp(300);
        }

        Exp(4).Bit(false).Exp(width - 1).Exp(height - 1).Bit(framesOnly);
        if (!framesOnly)
        {
            Bit(true);
        }

        Bit(true).Bit(crop is not null);
        if (crop is { } c)
        {
            Exp(c.Left).Exp(c.Right).Exp(c.Top).Exp(c.Bottom);
        }

        Bit(false).Bit(true);
        var bytes = _bits.Chunk(8).Select(chunk => (byte)chunk.Select((bit, i) => bit ? 0x80 >> i : 0).Sum()).ToArray();
        return [0x67, (byte)profile, 0, 31, .. PreventEmulation(bytes)];
    }

    private static List<byte> PreventEmulation(byte[] bytes)
    {
        var result = new List<byte>();
        foreach (var b in bytes)
        {
            if (b <= 3 && result is [.., 0, 0])
            {
                result.Add(3);
            }

            result.Add(b);
        }

        return result;
    }

    private SpsWriter Bit(bool bit)
    {
        _bits.Add(bit);
        return this;
    }

    private SpsWriter Exp(int value)
    {
        var code = Convert.ToString(value + 1, 2);
        _bits.AddRange(Enumerable.Repeat(false, code.Length - 1));
        _bits.AddRange(code.Select(c => c == '1'));
        return this;
    }
}
