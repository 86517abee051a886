using MediaServer.Protocol.Codecs;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>The VP8 picture id and TL0PICIDX of one outgoing packet (RFC 7741 section 4.2).</summary>
internal readonly record struct Vp8Numbers(bool Present, ushort PictureId, byte Tl0PicIdx);

/// <summary>
/// Keeps picture id and TL0PICIDX continuous while a slot's sources change. Inside a source the offset is constant: whole frames are never
/// left out.
/// </summary>
internal sealed class Vp8Rewriter
{
    private const int PictureIdMask = 0x7FFF;

    private int _pictureIdOffset;
    private int _tl0Offset;
    private int _highestPictureId;
    private int _highestTl0;

    public void Switch(in Vp8PayloadDescriptor first)
    {
        _pictureIdOffset = _highestPictureId + 1 - first.PictureId;
        _tl0Offset = _highestTl0 + 1 - first.Tl0PicIdx;
    }

    public Vp8Numbers Map(in Vp8PayloadDescriptor descriptor)
    {
        if (!descriptor.HasPictureId && !descriptor.HasTl0PicIdx)
        {
            return default;
        }

        var pictureId = (descriptor.PictureId + _pictureIdOffset) & PictureIdMask;
        var tl0 = (descriptor.Tl0PicIdx + _tl0Offset) & 0xFF;
        if (descriptor.HasPictureId && ((pictureId - _highestPictureId) & PictureIdMask) < 0x4000)
        {
            _highestPictureId = pictureId;
        }

        if (descriptor.HasTl0PicIdx && ((tl0 - _highestTl0) & 0xFF) < 0x80)
        {
            _highestTl0 = tl0;
        }

        return new Vp8Numbers(true, (ushort)pictureId, (byte)tl0);
    }
}
