using System.Buffers.Binary;

namespace MediaServer.Protocol.Codecs;

/// <summary>The descriptor in front of each VP8 payload (RFC 7741 section 4.2), and the first facts of the payload behind it.</summary>
public readonly struct Vp8PayloadDescriptor
{
    private readonly byte _pictureIdOffset;
    private readonly byte _tl0Offset;

    private Vp8PayloadDescriptor(int length, bool startOfFrame, bool keyFrame, byte pictureIdOffset, int pictureId, int pictureIdBits, byte tl0Offset, byte tl0PicIdx, bool hasTid, byte tidByte)
    {
        Length = length;
        IsStartOfFrame = startOfFrame;
        IsKeyFrame = keyFrame;
        _pictureIdOffset = pictureIdOffset;
        PictureId = pictureId;
        PictureIdBits = pictureIdBits;
        _tl0Offset = tl0Offset;
        Tl0PicIdx = tl0PicIdx;
        HasTid = hasTid;
        Tid = (byte)(tidByte >> 6);
        LayerSync = (tidByte & 0x20) != 0;
    }

    /// <summary>Bytes of the descriptor.</summary>
    public int Length { get; }

    /// <summary>S bit set and partition 0.</summary>
    public bool IsStartOfFrame { get; }

    /// <summary>Start of a frame whose payload header has the inverse key frame flag 0 (RFC 7741 section 4.3).</summary>
    public bool IsKeyFrame { get; }

    public bool HasPictureId => PictureIdBits != 0;

    public int PictureId { get; }

    /// <summary>7 or 15; 0 without a picture id.</summary>
    public int PictureIdBits { get; }

    public bool HasTl0PicIdx => _tl0Offset != 0;

    public byte Tl0PicIdx { get; }

    public bool HasTid { get; }

    /// <summary>Temporal layer, 0-3.</summary>
    public byte Tid { get; }

    /// <summary>Y bit: depends on the base layer only.</summary>
    public bool LayerSync { get; }

    /// <summary>Total: false for a payload that ends inside the descriptor or has nothing behind it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out Vp8PayloadDescriptor descriptor)
    {
        descriptor = default;
        if (payload.IsEmpty)
        {
            return false;
        }

        var offset = 1;
        byte pictureIdOffset = 0, tl0Offset = 0, tl0 = 0, tidByte = 0;
        int pictureId = 0, pictureIdBits = 0;
        var hasTid = false;
        if ((payload[0] & 0x80) != 0)
        {
            if (payload.Length < 2)
            {
                return false;
            }

            var extensions = payload[1];
            offset = 2;
            if ((extensions & 0x80) != 0)
            {
                if (payload.Length <= offset)
                {
                    return false;
                }

                pictureIdOffset = (byte)offset;
                pictureIdBits = (payload[offset] & 0x80) != 0 ? 15 : 7;
                if (pictureIdBits == 15 && payload.Length < offset + 2)
                {
                    return false;
                }

                pictureId = pictureIdBits == 15 ? BinaryPrimitives.ReadUInt16BigEndian(payload[offset..]) & 0x7FFF : payload[offset];
                offset += pictureIdBits == 15 ? 2 : 1;
            }

            if ((extensions & 0x40) != 0)
            {
                if (payload.Length <= offset)
                {
                    return false;
                }

                tl0Offset = (byte)offset;
                tl0 = payload[offset++];
            }

            if ((extensions & 0x30) != 0)
            {
                if (payload.Length <= offset)
                {
                    return false;
                }

                hasTid = (extensions & 0x20) != 0;
                tidByte = hasTid ? payload[offset] : (byte)0;
                offset++;
            }
        }

        if (payload.Length <= offset)
        {
            return false;
        }

        var start = (payload[0] & 0x10) != 0 && (payload[0] & 0x07) == 0;
        descriptor = new Vp8PayloadDescriptor(
            offset, start, start && (payload[offset] & 1) == 0, pictureIdOffset, pictureId, pictureIdBits, tl0Offset, tl0, hasTid, tidByte);
        return true;
    }

    /// <summary>Reads the picture's size from the payload of a key frame's first packet (RFC 6386 section 9.1).</summary>
    public static bool TryReadKeyFrameSize(ReadOnlySpan<byte> payload, out int width, out int height)
    {
        width = height = 0;
        if (!TryParse(payload, out var descriptor) || !descriptor.IsKeyFrame)
        {
            return false;
        }

        var frame = payload[descriptor.Length..];
        if (frame.Length < 10 || frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A)
        {
            return false;
        }

        width = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]) & 0x3FFF;
        height = BinaryPrimitives.ReadUInt16LittleEndian(frame[8..]) & 0x3FFF;
        return width > 0 && height > 0;
    }

    /// <summary>
    /// Writes other ids in place, where the descriptor has such fields; the length stays. <paramref name="pictureId"/> is cut to
    /// the width that the publisher uses.
    /// </summary>
    public static void Rewrite(Span<byte> payload, in Vp8PayloadDescriptor descriptor, int pictureId, byte tl0PicIdx)
    {
        if (descriptor.PictureIdBits == 15)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload[descriptor._pictureIdOffset..], (ushort)(0x8000 | (pictureId & 0x7FFF)));
        }
        else if (descriptor.PictureIdBits == 7)
        {
            payload[descriptor._pictureIdOffset] = (byte)(pictureId & 0x7F);
        }

        if (descriptor.HasTl0PicIdx)
        {
            payload[descriptor._tl0Offset] = tl0PicIdx;
        }
    }
}
