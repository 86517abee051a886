using System.Buffers.Binary;
using System.Security.Cryptography;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Stun;

/// <summary>A view of a STUN message (RFC 8489 section 5). Attributes after MESSAGE-INTEGRITY other than FINGERPRINT are ignored.</summary>
public readonly ref struct StunMessage
{
    public const int HeaderLength = 20;
    public const uint MagicCookie = 0x2112A442;
    public const ushort BindingMethod = 1;
    internal const uint FingerprintXor = 0x5354554E;
    internal const int IntegrityLength = 20;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _integrityOffset;
    private readonly int _fingerprintOffset;

    private StunMessage(ReadOnlySpan<byte> bytes, int integrityOffset, int fingerprintOffset)
    {
        _bytes = bytes;
        _integrityOffset = integrityOffset;
        _fingerprintOffset = fingerprintOffset;
        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        Class = (StunClass)(((type >> 7) & 2) | ((type >> 4) & 1));
        Method = (ushort)((type & 0xF) | ((type >> 1) & 0x70) | ((type >> 2) & 0xF80));
    }

    public StunClass Class { get; }

    public ushort Method { get; }

    /// <summary>12 bytes.</summary>
    public ReadOnlySpan<byte> TransactionId => _bytes.Slice(8, 12);

    public ReadOnlySpan<byte> Username => TryGetAttribute(StunAttribute.Username, out var value) ? value : default;

    public bool UseCandidate => TryGetAttribute(StunAttribute.UseCandidate, out _);

    public uint Priority => TryGetAttribute(StunAttribute.Priority, out var value) && value.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;

    public bool HasIntegrity => _integrityOffset > 0;

    public bool HasFingerprint => _fingerprintOffset > 0;

    /// <summary>RFC 7983 section 7 and the magic cookie.</summary>
    public static bool IsStun(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength && datagram[0] < 4 && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == MagicCookie;

    /// <summary>Total: false with <see cref="DropReason.TooShort"/> or <see cref="DropReason.StunMalformed"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message, out DropReason reason)
    {
        message = default;
        if (datagram.Length < HeaderLength)
        {
            reason = DropReason.TooShort;
            return false;
        }

        reason = DropReason.StunMalformed;
        if (!IsStun(datagram) || BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) != datagram.Length - HeaderLength || datagram.Length % 4 != 0)
        {
            return false;
        }

        var integrity = 0;
        var fingerprint = 0;
        var offset = HeaderLength;
        while (offset < datagram.Length)
        {
            var type = (StunAttribute)BinaryPrimitives.ReadUInt16BigEndian(datagram[offset..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]);
            var end = offset + 4 + ((length + 3) & ~3);
            if (end > datagram.Length)
            {
                return false;
            }

            if (type == StunAttribute.MessageIntegrity && integrity == 0)
            {
                if (length != IntegrityLength)
                {
                    return false;
                }

                integrity = offset;
            }
            else if (type == StunAttribute.Fingerprint)
            {
                // It must be the last attribute (section 14.7).
                if (length != 4 || end != datagram.Length)
                {
                    return false;
                }

                fingerprint = offset;
            }

            offset = end;
        }

        message = new StunMessage(datagram, integrity, fingerprint);
        reason = DropReason.None;
        return true;
    }

    /// <summary>The first attribute of <paramref name="type"/> that integrity covers (all when there is no integrity).</summary>
    public bool TryGetAttribute(StunAttribute type, out ReadOnlySpan<byte> value)
    {
        var reader = EnumerateAttributes();
        while (reader.MoveNext())
        {
            if (reader.Type == type)
            {
                value = reader.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public StunAttributeEnumerator EnumerateAttributes() =>
        new(_bytes[HeaderLength..(_integrityOffset > 0 ? _integrityOffset : _fingerprintOffset > 0 ? _fingerprintOffset : _bytes.Length)]);

    /// <summary>HMAC-SHA1 over the message up to MESSAGE-INTEGRITY, with the length as if it ended there (section 14.5).</summary>
    public bool VerifyIntegrity(ReadOnlySpan<byte> key)
    {
        // The longest honest check is far below this; a longer one is not worth copying.
        const int longest = 1024;
        if (_integrityOffset == 0 || _integrityOffset > longest)
        {
            return false;
        }

        Span<byte> covered = stackalloc byte[_integrityOffset];
        _bytes[.._integrityOffset].CopyTo(covered);
        BinaryPrimitives.WriteUInt16BigEndian(covered[2..], (ushort)(_integrityOffset - HeaderLength + 4 + IntegrityLength));
        Span<byte> expected = stackalloc byte[IntegrityLength];
        HMACSHA1.HashData(key, covered, expected);
        return CryptographicOperations.FixedTimeEquals(expected, _bytes.Slice(_integrityOffset + 4, IntegrityLength));
    }

    /// <summary>True when there is no FINGERPRINT or it is right.</summary>
    public bool VerifyFingerprint() =>
        _fingerprintOffset == 0 ||
        (Crc32.Compute(_bytes[.._fingerprintOffset]) ^ FingerprintXor) == BinaryPrimitives.ReadUInt32BigEndian(_bytes[(_fingerprintOffset + 4)..]);

    /// <summary>XOR-MAPPED-ADDRESS (section 14.2).</summary>
    public bool TryGetXorMappedAddress(out TransportAddress address)
    {
        address = default;
        if (!TryGetAttribute(StunAttribute.XorMappedAddress, out var value) || value.Length < 8)
        {
            return false;
        }

        var port = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(value[2..]) ^ (MagicCookie >> 16));
        if (value[1] == 1 && value.Length == 8)
        {
            address = TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(value[4..]) ^ MagicCookie, port);
            return true;
        }

        if (value[1] != 2 || value.Length != 20)
        {
            return false;
        }

        Span<byte> plain = stackalloc byte[16];
        for (var i = 0; i < plain.Length; i++)
        {
            // The mask is the magic cookie followed by the transaction id: bytes 4..19 of the header.
            plain[i] = (byte)(value[4 + i] ^ _bytes[4 + i]);
        }

        address = TransportAddress.FromIPv6(plain, port);
        return true;
    }

    /// <summary>The number of ERROR-CODE, 0 when absent.</summary>
    public int ErrorCode => TryGetAttribute(StunAttribute.ErrorCode, out var value) && value.Length >= 4 ? ((value[2] & 7) * 100) + value[3] : 0;
}

/// <summary>Walks attributes that <see cref="StunMessage.TryParse"/> found well-formed.</summary>
public ref struct StunAttributeEnumerator(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    public StunAttribute Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        Type = (StunAttribute)BinaryPrimitives.ReadUInt16BigEndian(_rest);
        var length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        Value = _rest.Slice(4, length);
        _rest = _rest[(4 + ((length + 3) & ~3))..];
        return true;
    }
}
