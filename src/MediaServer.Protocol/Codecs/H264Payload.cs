using System.Buffers.Binary;

namespace MediaServer.Protocol.Codecs;

/// <summary>What an SFU needs to know of H.264 in RTP (RFC 6184).</summary>
public static class H264Payload
{
    private const int Idr = 5;
    private const int SequenceParameterSet = 7;
    private const int StapA = 24;
    private const int FuA = 28;

    /// <summary>
    /// True for the packet with which decoding can begin: a sequence parameter set, or the start of an IDR picture, alone, in a STAP-A or
    /// as the first fragment of an FU-A (sections 5.6-5.8).
    /// </summary>
    public static bool IsKeyFrameStart(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return false;
        }

        var type = payload[0] & 0x1F;
        return type switch
        {
            Idr or SequenceParameterSet => true,
            StapA => AnyInStap(payload[1..]),
            FuA => payload.Length > 1 && (payload[1] & 0x80) != 0 && IsKeyUnit(payload[1] & 0x1F),
            _ => false,
        };
    }

    /// <summary>Reads the size from a sequence parameter set that stands alone or in a STAP-A.</summary>
    public static bool TryReadSpsSize(ReadOnlySpan<byte> payload, out int width, out int height)
    {
        width = height = 0;
        if (payload.IsEmpty)
        {
            return false;
        }

        if ((payload[0] & 0x1F) == SequenceParameterSet)
        {
            return H264SequenceParameterSet.TryReadSize(payload[1..], out width, out height);
        }

        if ((payload[0] & 0x1F) != StapA)
        {
            return false;
        }

        var rest = payload[1..];
        while (TryReadUnit(ref rest, out var unit))
        {
            if ((unit[0] & 0x1F) == SequenceParameterSet)
            {
                return H264SequenceParameterSet.TryReadSize(unit[1..], out width, out height);
            }
        }

        return false;
    }

    private static bool IsKeyUnit(int type) => type is Idr or SequenceParameterSet;

    private static bool AnyInStap(ReadOnlySpan<byte> rest)
    {
        while (TryReadUnit(ref rest, out var unit))
        {
            if (IsKeyUnit(unit[0] & 0x1F))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryReadUnit(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> unit)
    {
        unit = default;
        if (rest.Length < 3)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (length == 0 || length > rest.Length - 2)
        {
            return false;
        }

        unit = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return true;
    }
}
