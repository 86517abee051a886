using System.Buffers.Binary;
using System.Numerics;

namespace MediaServer.Protocol.Rtcp;

/// <summary>Generic NACK (RFC 4585 section 6.2.1): pairs of a lost sequence number and a bitmask of the 16 that follow.</summary>
public readonly ref struct NackView
{
    private readonly ReadOnlySpan<byte> _pairs;

    private NackView(ReadOnlySpan<byte> body)
    {
        SenderSsrc = BinaryPrimitives.ReadUInt32BigEndian(body);
        MediaSsrc = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        _pairs = body[8..];
    }

    public uint SenderSsrc { get; }

    public uint MediaSsrc { get; }

    public static bool TryParse(scoped in RtcpPacket packet, out NackView view)
    {
        view = default;
        if (packet.Kind != RtcpKind.Nack || packet.Body.Length < 12 || packet.Body.Length % 4 != 0)
        {
            return false;
        }

        view = new NackView(packet.Body);
        return true;
    }

    public Enumerator GetEnumerator() => new(_pairs);

    /// <summary>Yields the lost sequence numbers.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> pairs)
    {
        private ReadOnlySpan<byte> _rest = pairs;
        private ushort _base;
        private uint _mask;

        public ushort Current { get; private set; }

        public bool MoveNext()
        {
            if (_mask == 0)
            {
                if (_rest.IsEmpty)
                {
                    return false;
                }

                _base = BinaryPrimitives.ReadUInt16BigEndian(_rest);
                _mask = ((uint)BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) << 1) | 1;
                _rest = _rest[4..];
            }

            var bit = BitOperations.TrailingZeroCount(_mask);
            _mask &= _mask - 1;
            Current = unchecked((ushort)(_base + bit));
            return true;
        }
    }
}

/// <summary>Picture loss indication (RFC 4585 section 6.3.1).</summary>
public readonly ref struct PliView
{
    private PliView(ReadOnlySpan<byte> body)
    {
        SenderSsrc = BinaryPrimitives.ReadUInt32BigEndian(body);
        MediaSsrc = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
    }

    public uint SenderSsrc { get; }

    public uint MediaSsrc { get; }

    public static bool TryParse(scoped in RtcpPacket packet, out PliView view)
    {
        view = default;
        if (packet.Kind != RtcpKind.PictureLossIndication || packet.Body.Length < 8)
        {
            return false;
        }

        view = new PliView(packet.Body);
        return true;
    }
}

/// <summary>Full intra request (RFC 5104 section 4.3.1); entries of 8 bytes: SSRC, sequence number, reserved.</summary>
public readonly ref struct FirView
{
    private readonly ReadOnlySpan<byte> _entries;

    private FirView(ReadOnlySpan<byte> body) => _entries = body[8..];

    public int Count => _entries.Length / 8;

    /// <summary>The SSRC of entry <paramref name="index"/>.</summary>
    public uint this[int index] => BinaryPrimitives.ReadUInt32BigEndian(_entries[(index * 8)..]);

    public static bool TryParse(scoped in RtcpPacket packet, out FirView view)
    {
        view = default;
        if (packet.Kind != RtcpKind.FullIntraRequest || packet.Body.Length < 16 || packet.Body.Length % 8 != 0)
        {
            return false;
        }

        view = new FirView(packet.Body);
        return true;
    }
}

/// <summary>Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03 section 2.2).</summary>
public readonly ref struct RembView
{
    private readonly ReadOnlySpan<byte> _ssrcs;

    private RembView(ReadOnlySpan<byte> body)
    {
        var packed = BinaryPrimitives.ReadUInt32BigEndian(body[12..]) & 0x00FF_FFFF;
        var mantissa = (ulong)(packed & 0x3FFFF);
        var exponent = (int)(packed >> 18);
        Bitrate = mantissa != 0 && exponent > BitOperations.LeadingZeroCount(mantissa) ? ulong.MaxValue : mantissa << exponent;
        _ssrcs = body.Slice(16, body[12] * 4);
    }

    /// <summary>Bits per second; the largest number where 64 bits cannot hold it.</summary>
    public ulong Bitrate { get; }

    public int Count => _ssrcs.Length / 4;

    public uint this[int index] => BinaryPrimitives.ReadUInt32BigEndian(_ssrcs[(index * 4)..]);

    public static bool TryParse(scoped in RtcpPacket packet, out RembView view)
    {
        view = default;
        if (packet.Kind != RtcpKind.Remb || packet.Body.Length < 16 || packet.Body.Length < 16 + (packet.Body[12] * 4))
        {
            return false;
        }

        view = new RembView(packet.Body);
        return true;
    }
}
