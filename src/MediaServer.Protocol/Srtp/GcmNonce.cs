using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace MediaServer.Protocol.Srtp;

/// <summary>A nonce of 96 bits as two numbers: its first eight bytes and its last four, both big-endian.</summary>
internal readonly record struct GcmNonce(ulong High, uint Low)
{
    public const int Length = 12;

    /// <summary>The first counter block (NIST SP 800-38D section 7.1, J0) less its counter, read from its last byte to its first.</summary>
    public Vector128<uint> ReversedBlock => Vector128.Create((ulong)Low << 32, High).AsUInt32();

    public static GcmNonce Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[sizeof(ulong)..]));

    public static GcmNonce operator ^(GcmNonce left, GcmNonce right) => new(left.High ^ right.High, left.Low ^ right.Low);

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[sizeof(ulong)..], Low);
    }
}
