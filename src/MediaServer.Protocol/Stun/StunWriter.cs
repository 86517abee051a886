using System.Buffers.Binary;
using System.Security.Cryptography;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Stun;

/// <summary>Writes a STUN message into a buffer that is large enough (200 bytes hold any that this project sends).</summary>
public ref struct StunWriter
{
    private readonly Span<byte> _buffer;

    /// <param name="buffer">Where to write.</param>
    /// <param name="messageClass">Request or response.</param>
    /// <param name="method">Usually <see cref="StunMessage.BindingMethod"/>.</param>
    /// <param name="transactionId">12 bytes.</param>
    public StunWriter(Span<byte> buffer, StunClass messageClass, ushort method, ReadOnlySpan<byte> transactionId)
    {
        _buffer = buffer;
        var type = (method & 0xF) | ((method & 0x70) << 1) | ((method & 0xF80) << 2) | (((int)messageClass & 2) << 7) | (((int)messageClass & 1) << 4);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer, (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[4..], StunMessage.MagicCookie);
        transactionId.CopyTo(_buffer[8..]);
        Length = StunMessage.HeaderLength;
        WriteLength(Length);
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public void Add(StunAttribute type, scoped ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(Length + 2)..], (ushort)value.Length);
        var padded = (value.Length + 3) & ~3;
        _buffer.Slice(Length + 4, padded).Clear();
        value.CopyTo(_buffer[(Length + 4)..]);
        Length += 4 + padded;
        WriteLength(Length);
    }

    public void Add(StunAttribute type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Add(type, bytes);
    }

    public void Add(StunAttribute type, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Add(type, bytes);
    }

    /// <summary>RFC 8489 section 14.2.</summary>
    public void AddXorMappedAddress(in TransportAddress address)
    {
        Span<byte> value = stackalloc byte[20];
        value[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(address.Port ^ (StunMessage.MagicCookie >> 16)));
        if (address.IsIPv4)
        {
            value[1] = 1;
            BinaryPrimitives.WriteUInt32BigEndian(value[4..], address.IPv4 ^ StunMessage.MagicCookie);
            Add(StunAttribute.XorMappedAddress, value[..8]);
            return;
        }

        value[1] = 2;
        address.WriteIPv6(value[4..]);
        for (var i = 0; i < 16; i++)
        {
            value[4 + i] ^= _buffer[4 + i];
        }

        Add(StunAttribute.XorMappedAddress, value);
    }

    /// <summary>RFC 8489 section 14.8: class and number, then a reason phrase.</summary>
    public void AddErrorCode(int code, scoped ReadOnlySpan<byte> phrase)
    {
        Span<byte> value = stackalloc byte[4 + phrase.Length];
        value.Clear();
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        phrase.CopyTo(value[4..]);
        Add(StunAttribute.ErrorCode, value);
    }

    /// <summary>Signs everything so far (RFC 8489 section 14.5).</summary>
    public void AddIntegrity(scoped ReadOnlySpan<byte> key)
    {
        WriteLength(Length + 4 + StunMessage.IntegrityLength);
        Span<byte> hash = stackalloc byte[StunMessage.IntegrityLength];
        HMACSHA1.HashData(key, _buffer[..Length], hash);
        Add(StunAttribute.MessageIntegrity, hash);
    }

    /// <summary>Must come last (RFC 8489 section 14.7).</summary>
    public void AddFingerprint()
    {
        WriteLength(Length + 8);
        Add(StunAttribute.Fingerprint, Crc32.Compute(_buffer[..Length]) ^ StunMessage.FingerprintXor);
    }

    private readonly void WriteLength(int total) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(total - StunMessage.HeaderLength));
}
