using System.Buffers.Binary;

namespace MediaServer.Protocol.Codecs;

/// <summary>
/// Cuts one VP8 frame into payloads with a descriptor that carries a 15-bit picture id and TL0PICIDX (RFC 7741 section 4.2). All
/// payloads but the last are equally long.
/// </summary>
public ref struct Vp8Packetizer(ReadOnlySpan<byte> frame, int maxPayloadLength, int pictureId, byte tl0PicIdx)
{
    /// <summary>X, I+L+T, two bytes of picture id, TL0PICIDX, TID.</summary>
    public const int DescriptorLength = 6;

    private ReadOnlySpan<byte> _rest = frame;
    private bool _started;

    /// <summary>Writes the next payload; false when the frame is done. <paramref name="last"/> wants the RTP marker.</summary>
    public bool TryWriteNext(scoped Span<byte> payload, out int length, out bool last)
    {
        length = 0;
        last = false;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var count = Math.Min(_rest.Length, maxPayloadLength - DescriptorLength);
        payload[0] = (byte)(_started ? 0x80 : 0x90);
        payload[1] = 0xE0;
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)(0x8000 | (pictureId & 0x7FFF)));
        payload[4] = tl0PicIdx;
        payload[5] = 0;
        _rest[..count].CopyTo(payload[DescriptorLength..]);
        _rest = _rest[count..];
        _started = true;
        length = DescriptorLength + count;
        last = _rest.IsEmpty;
        return true;
    }
}
