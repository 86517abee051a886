using System.Buffers.Binary;
using MediaServer.MediaPlane.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets;

/// <summary>Between <see cref="TransportAddress"/> and sockaddr.</summary>
internal static unsafe class SocketAddresses
{
    private const int IPv4Length = 16;

    /// <summary>Writes a sockaddr of the socket's family and returns its length.</summary>
    public static uint Write(SockAddr* target, in TransportAddress address, bool ipv6)
    {
        var bytes = new Span<byte>(target, SockAddr.Size);
        bytes.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], address.Port);
        if (ipv6)
        {
            BitConverter.TryWriteBytes(bytes, (ushort)LibC.AfInet6);
            address.WriteIPv6(bytes[8..]);
            return SockAddr.Size;
        }

        BitConverter.TryWriteBytes(bytes, (ushort)LibC.AfInet);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], address.IPv4);
        return IPv4Length;
    }

    public static TransportAddress Read(SockAddr* source)
    {
        var bytes = new ReadOnlySpan<byte>(source, SockAddr.Size);
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return BitConverter.ToUInt16(bytes) == LibC.AfInet
            ? TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port)
            : TransportAddress.FromIPv6(bytes[8..], port);
    }
}
