using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MediaServer.Protocol.Primitives;

/// <summary>
/// Where a peer is reached, as a value: 16 address bytes in network order (IPv4 as IPv4-mapped IPv6, RFC 4291 section 2.5.5.2), a port, and over
/// TCP the connection. A TCP connection is an address of its own: the same peer on a new connection is somewhere else, and has to be checked
/// anew (RFC 6544 section 7.1). Compares and hashes without allocation, so that it can key the table of transports.
/// </summary>
public readonly record struct TransportAddress
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;
    private const int ConnectionShift = 16;
    private const ulong TcpFlag = 1UL << 48;

    /// <summary>Port, connection and protocol in one word, so that TCP adds nothing to comparing, hashing and copying.</summary>
    private readonly ulong _path;

    /// <param name="high">The first 8 address bytes.</param>
    /// <param name="low">The last 8.</param>
    /// <param name="port">Of UDP.</param>
    public TransportAddress(ulong high, ulong low, ushort port)
        : this(high, low, (ulong)port)
    {
    }

    private TransportAddress(ulong high, ulong low, ulong path)
    {
        High = high;
        Low = low;
        _path = path;
    }

    public ulong High { get; }

    public ulong Low { get; }

    public ushort Port
    {
        get => (ushort)_path;
        init => _path = (_path & ~(ulong)ushort.MaxValue) | value;
    }

    public bool IsTcp => (_path & TcpFlag) != 0;

    /// <summary>The number that the owner of the sockets gave to a TCP connection; 0 for UDP and for a listener.</summary>
    public uint Connection => (uint)(_path >> ConnectionShift);

    public bool IsIPv4 => High == 0 && (Low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    public bool IsDefault => High == 0 && Low == 0 && _path == 0;

    /// <summary>The IPv4 address in host order; meaningful only when <see cref="IsIPv4"/>.</summary>
    public uint IPv4 => (uint)Low;

    public static TransportAddress FromIPv4(uint address, ushort port) => new(0, MappedPrefix | address, port);

    /// <summary>Reads 16 bytes of IPv6 address in network order.</summary>
    public static TransportAddress FromIPv6(ReadOnlySpan<byte> address, ushort port) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]), port);

    public static TransportAddress From(IPEndPoint endPoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        var address = endPoint.Address;
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(bytes, out _);
            return FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)endPoint.Port);
        }

        address.TryWriteBytes(bytes, out _);
        return FromIPv6(bytes, (ushort)endPoint.Port);
    }

    /// <summary>The same address and port over TCP: the far end of connection <paramref name="connection"/>, or with 0 a listener.</summary>
    public TransportAddress OverTcp(uint connection = 0) => new(High, Low, Port | ((ulong)connection << ConnectionShift) | TcpFlag);

    /// <summary>Writes 16 bytes of (mapped) IPv6 address in network order.</summary>
    public void WriteIPv6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    public IPEndPoint ToEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteIPv6(bytes);
        return new IPEndPoint(IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes), Port);
    }

    public override string ToString() => IsTcp ? $"{ToEndPoint()}/tcp#{Connection}" : ToEndPoint().ToString();
}
