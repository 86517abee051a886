using System.Buffers.Binary;

namespace MediaServer.Protocol.Rtp;

/// <summary>
/// Builds an RTP packet in a buffer that is large enough: header, then CSRCs, then extensions, then payload, in this order.
/// Extensions use the one-byte form (RFC 8285 section 4.2) unless the constructor asks for the two-byte form.
/// </summary>
public ref struct RtpWriter(Span<byte> buffer, bool twoByteExtensions = false)
{
    private readonly Span<byte> _buffer = buffer;
    private readonly bool _twoByte = twoByteExtensions;
    private int _extensionStart;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public void WriteHeader(byte payloadType, bool marker, ushort sequenceNumber, uint timestamp, uint ssrc)
    {
        _buffer[0] = 0x80;
        _buffer[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[8..], ssrc);
        Length = RtpHeader.FixedLength;
        _extensionStart = 0;
    }

    /// <summary>Adds a contributing source; at most 15, before any extension.</summary>
    public void AddCsrc(uint csrc)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Length..], csrc);
        _buffer[0]++;
        Length += 4;
    }

    /// <param name="id">1-14 in the one-byte form, 1-255 in the two-byte form.</param>
    /// <param name="value">1-16 bytes in the one-byte form, 0-255 in the two-byte form.</param>
    public void AddExtension(byte id, scoped ReadOnlySpan<byte> value)
    {
        if (_extensionStart == 0)
        {
            _buffer[0] |= 0x10;
            BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], _twoByte ? HeaderExtensions.TwoByteProfile : HeaderExtensions.OneByteProfile);
            Length += 4;
            _extensionStart = Length;
        }

        if (_twoByte)
        {
            _buffer[Length++] = id;
            _buffer[Length++] = (byte)value.Length;
        }
        else
        {
            _buffer[Length++] = (byte)((id << 4) | (value.Length - 1));
        }

        value.CopyTo(_buffer[Length..]);
        Length += value.Length;
    }

    public void WritePayload(scoped ReadOnlySpan<byte> payload) => payload.CopyTo(PayloadSpan(payload.Length));

    /// <summary>Ends the header and returns the place of <paramref name="length"/> bytes of payload.</summary>
    public Span<byte> PayloadSpan(int length)
    {
        EndExtensions();
        var span = _buffer.Slice(Length, length);
        Length += length;
        return span;
    }

    /// <summary>Adds <paramref name="length"/> bytes of padding behind the payload, 0-255; the last byte says how many (RFC 3550 section 5.1).</summary>
    public void AddPadding(int length)
    {
        if (length == 0)
        {
            return;
        }

        _buffer[0] |= 0x20;
        _buffer.Slice(Length, length).Clear();
        Length += length;
        _buffer[Length - 1] = (byte)length;
    }

    private void EndExtensions()
    {
        if (_extensionStart == 0)
        {
            return;
        }

        while ((Length - _extensionStart) % 4 != 0)
        {
            _buffer[Length++] = 0;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_extensionStart - 2)..], (ushort)((Length - _extensionStart) / 4));
        _extensionStart = 0;
    }
}
