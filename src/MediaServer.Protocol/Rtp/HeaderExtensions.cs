namespace MediaServer.Protocol.Rtp;

/// <summary>Finds RTP header extension elements in one- and two-byte form (RFC 8285 section 4).</summary>
public static class HeaderExtensions
{
    public const ushort OneByteProfile = 0xBEDE;
    public const ushort TwoByteProfile = 0x1000;

    /// <summary>Finds the first element with <paramref name="id"/>. Malformed elements end the search.</summary>
    public static bool TryFind(ReadOnlySpan<byte> packet, scoped in RtpHeader header, byte id, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (id == 0 || header.ExtensionLength == 0)
        {
            return false;
        }

        var elements = packet.Slice(header.ExtensionOffset, header.ExtensionLength);
        return header.ExtensionProfile == OneByteProfile
            ? TryFindOneByte(elements, id, out value)
            : (header.ExtensionProfile & 0xFFF0) == TwoByteProfile && TryFindTwoByte(elements, id, out value);
    }

    private static bool TryFindOneByte(ReadOnlySpan<byte> elements, byte id, out ReadOnlySpan<byte> value)
    {
        value = default;
        var offset = 0;
        while (offset < elements.Length)
        {
            if (elements[offset] == 0)
            {
                offset++;
                continue;
            }

            var elementId = elements[offset] >> 4;
            var length = (elements[offset] & 0x0F) + 1;
            if (elementId is 0 or 15 || offset + 1 + length > elements.Length)
            {
                // Id 15, and id 0 with a length, stop all processing (sections 4.2 and 4.1.2).
                return false;
            }

            if (elementId == id)
            {
                value = elements.Slice(offset + 1, length);
                return true;
            }

            offset += 1 + length;
        }

        return false;
    }

    private static bool TryFindTwoByte(ReadOnlySpan<byte> elements, byte id, out ReadOnlySpan<byte> value)
    {
        value = default;
        var offset = 0;
        while (offset < elements.Length)
        {
            var elementId = elements[offset];
            if (elementId == 0)
            {
                offset++;
                continue;
            }

            if (offset + 2 > elements.Length || offset + 2 + elements[offset + 1] > elements.Length)
            {
                return false;
            }

            var length = elements[offset + 1];
            if (elementId == id)
            {
                value = elements.Slice(offset + 2, length);
                return true;
            }

            offset += 2 + length;
        }

        return false;
    }
}
