using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>A packet as a test peer decrypted it.</summary>
internal sealed record Received(byte[] Bytes, RtpHeader Header)
{
    public uint Ssrc => Header.Ssrc;

    public ushort Sequence => Header.SequenceNumber;

    public uint Timestamp => Header.Timestamp;

    public byte[] Payload => Bytes[Header.HeaderLength..(Header.HeaderLength + Header.PayloadLength)];

    public uint Csrc => Header.CsrcCount > 0 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(12)) : 0;

    public Vp8PayloadDescriptor Vp8
    {
        get
        {
            Assert.True(Vp8PayloadDescriptor.TryParse(Payload, out var descriptor));
            return descriptor;
        }
    }

    /// <summary>The body byte that <see cref="TestVideo"/> put in, to tell packets apart.</summary>
    public byte Mark => Payload[^1];

    public byte[]? Extension(byte id) => HeaderExtensions.TryFind(Bytes, Header, id, out var value) ? value.ToArray() : null;
}
