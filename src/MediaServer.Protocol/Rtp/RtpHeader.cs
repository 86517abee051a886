using System.Buffers.Binary;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Rtp;

/// <summary>The fixed header of an RTP packet with the places of its variable parts (RFC 3550 section 5.1, RFC 8285).</summary>
public readonly struct RtpHeader
{
    /// <summary>Bytes of the fixed header.</summary>
    public const int FixedLength = 12;

    private RtpHeader(ReadOnlySpan<byte> packet, int csrcCount, ushort extensionProfile, int extensionOffset, int extensionLength, int headerLength, int padding)
    {
        Marker = (packet[1] & 0x80) != 0;
        PayloadType = (byte)(packet[1] & 0x7F);
        SequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        Timestamp = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        Ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        CsrcCount = csrcCount;
        ExtensionProfile = extensionProfile;
        ExtensionOffset = extensionOffset;
        ExtensionLength = extensionLength;
        HeaderLength = headerLength;
        PaddingLength = padding;
        PayloadLength = packet.Length - headerLength - padding;
    }

    public bool Marker { get; }

    public byte PayloadType { get; }

    public ushort SequenceNumber { get; }

    public uint Timestamp { get; }

    public uint Ssrc { get; }

    public int CsrcCount { get; }

    /// <summary>The "defined by profile" word: 0xBEDE for one-byte, 0x100x for two-byte extensions; 0 without an extension.</summary>
    public ushort ExtensionProfile { get; }

    /// <summary>Where the extension's elements begin, after its 4-byte header.</summary>
    public int ExtensionOffset { get; }

    public int ExtensionLength { get; }

    /// <summary>Where the payload begins.</summary>
    public int HeaderLength { get; }

    /// <summary>Bytes of payload without padding.</summary>
    public int PayloadLength { get; }

    public int PaddingLength { get; }

    /// <summary>RFC 7983: first byte 128-191, and not one of RTCP's packet types (RFC 5761 section 4).</summary>
    public static bool IsRtp(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= 2 && datagram[0] is >= 128 and <= 191 && !IsRtcpPacketType(datagram[1]);

    public static bool IsRtcp(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= 2 && datagram[0] is >= 128 and <= 191 && IsRtcpPacketType(datagram[1]);

    /// <summary>Total: returns false with <see cref="DropReason.TooShort"/> or <see cref="DropReason.RtpMalformed"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpHeader header, out DropReason reason)
    {
        header = default;
        if (packet.Length < FixedLength)
        {
            reason = DropReason.TooShort;
            return false;
        }

        reason = DropReason.RtpMalformed;
        if (packet[0] >> 6 != 2)
        {
            return false;
        }

        var csrcCount = packet[0] & 0x0F;
        var offset = FixedLength + (csrcCount * 4);
        ushort profile = 0;
        var extensionOffset = 0;
        var extensionLength = 0;
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < offset + 4)
            {
                return false;
            }

            profile = BinaryPrimitives.ReadUInt16BigEndian(packet[offset..]);
            extensionLength = BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]) * 4;
            extensionOffset = offset + 4;
            offset = extensionOffset + extensionLength;
        }

        if (packet.Length < offset)
        {
            return false;
        }

        var padding = 0;
        if ((packet[0] & 0x20) != 0)
        {
            padding = packet[^1];
            if (padding == 0 || offset + padding > packet.Length)
            {
                return false;
            }
        }

        header = new RtpHeader(packet, csrcCount, profile, extensionOffset, extensionLength, offset, padding);
        reason = DropReason.None;
        return true;
    }

    private static bool IsRtcpPacketType(byte second) => second is >= 192 and <= 223;
}
