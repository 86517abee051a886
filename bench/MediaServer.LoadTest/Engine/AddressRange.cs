using System.Buffers.Binary;
using System.Net;

namespace MediaServer.LoadTest.Engine;

/// <summary>
/// The local IPv4 addresses of the virtual participants, one each, all on one interface: the server tells peers apart by address, and the engine
/// needs only one socket.
/// </summary>
/// <param name="First">In host order.</param>
/// <param name="Count">How many participants fit.</param>
/// <param name="Device">The interface that the socket is bound to, so that nobody outside reaches it.</param>
internal sealed record AddressRange(uint First, int Count, string Device)
{
    /// <summary>127.1.0.1 and up: all of 127/8 belongs to this machine.</summary>
    public static AddressRange Loopback { get; } = new(0x7F01_0001, 0xFFFE, "lo");

    public uint AddressOf(int index) => First + (uint)index;

    /// <summary>-1 when the address is outside of the range.</summary>
    public int IndexOf(uint address) => address >= First && address - First < (uint)Count ? (int)(address - First) : -1;

    public IPAddress At(int index)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, AddressOf(index));
        return new IPAddress(bytes);
    }
}
