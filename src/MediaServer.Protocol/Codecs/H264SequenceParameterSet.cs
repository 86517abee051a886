namespace MediaServer.Protocol.Codecs;

/// <summary>Reads the picture size of a sequence parameter set (ITU-T H.264 section 7.3.2.1.1) without its NAL header byte.</summary>
internal static class H264SequenceParameterSet
{
    public static bool TryReadSize(ReadOnlySpan<byte> bytes, out int width, out int height)
    {
        width = height = 0;
        if (bytes.Length < 4)
        {
            return false;
        }

        var profile = bytes[0];
        var reader = new BitReader(bytes[3..]);
        reader.ReadExpGolomb();
        var chromaFormat = 1u;
        if (profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135)
        {
            chromaFormat = reader.ReadExpGolomb();
            if (chromaFormat == 3)
            {
                reader.ReadBits(1);
            }

            reader.ReadExpGolomb();
            reader.ReadExpGolomb();
            reader.ReadBits(1);
            if (reader.ReadBits(1) == 1)
            {
                // Scaling matrices: no browser sends them.
                return false;
            }
        }

        reader.ReadExpGolomb();
        SkipPictureOrderCount(ref reader);
        reader.ReadExpGolomb();
        reader.ReadBits(1);
        var widthInBlocks = reader.ReadExpGolomb() + 1;
        var heightInUnits = reader.ReadExpGolomb() + 1;
        var framesOnly = reader.ReadBits(1);
        if (framesOnly == 0)
        {
            reader.ReadBits(1);
        }

        reader.ReadBits(1);
        uint left = 0, right = 0, top = 0, bottom = 0;
        if (reader.ReadBits(1) == 1)
        {
            left = reader.ReadExpGolomb();
            right = reader.ReadExpGolomb();
            top = reader.ReadExpGolomb();
            bottom = reader.ReadExpGolomb();
        }

        // 1024 blocks of 16 pixels are far beyond any level, and keep the arithmetic small.
        if (reader.Overran || widthInBlocks > 1024 || heightInUnits > 1024 || (left | right | top | bottom) > 0xFFFF)
        {
            return false;
        }

        var cropX = chromaFormat is 1 or 2 ? 2u : 1u;
        var cropY = (chromaFormat == 1 ? 2u : 1u) * (2 - framesOnly);
        width = (int)(widthInBlocks * 16) - (int)((left + right) * cropX);
        height = (int)(heightInUnits * 16 * (2 - framesOnly)) - (int)((top + bottom) * cropY);
        return width > 0 && height > 0;
    }

    private static void SkipPictureOrderCount(ref BitReader reader)
    {
        var type = reader.ReadExpGolomb();
        if (type == 0)
        {
            reader.ReadExpGolomb();
        }
        else if (type == 1)
        {
            reader.ReadBits(1);
            reader.ReadExpGolomb();
            reader.ReadExpGolomb();
            var cycle = reader.ReadExpGolomb();
            for (var i = 0u; i < cycle && !reader.Overran; i++)
            {
                reader.ReadExpGolomb();
            }
        }
    }

    /// <summary>Reads bits of an RBSP, dropping emulation prevention bytes (section 7.3.1).</summary>
    private ref struct BitReader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _position;
        private int _bit;

        public bool Overran { get; private set; }

        public uint ReadBits(int count)
        {
            uint value = 0;
            for (var i = 0; i < count; i++)
            {
                if (_position >= _bytes.Length)
                {
                    Overran = true;
                    return 0;
                }

                value = (value << 1) | (uint)((_bytes[_position] >> (7 - _bit)) & 1);
                if (++_bit == 8)
                {
                    _bit = 0;
                    _position++;
                    if (_position >= 2 && _position < _bytes.Length && _bytes[_position] == 3 && _bytes[_position - 1] == 0 && _bytes[_position - 2] == 0)
                    {
                        _position++;
                    }
                }
            }

            return value;
        }

        /// <summary>ue(v), section 9.1.</summary>
        public uint ReadExpGolomb()
        {
            var zeros = 0;
            while (ReadBits(1) == 0)
            {
                if (Overran || ++zeros > 31)
                {
                    Overran = true;
                    return 0;
                }
            }

            return zeros == 0 ? 0 : (1u << zeros) - 1 + ReadBits(zeros);
        }
    }
}
