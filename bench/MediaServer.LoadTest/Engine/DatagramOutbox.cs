using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MediaServer.LoadTest.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.LoadTest.Engine;

/// <summary>
/// Outgoing datagrams of all participants, each under its own source address, sent with sendmmsg. Never segmented: as a network card delivers
/// what browsers send. One thread uses it.
/// </summary>
internal sealed unsafe class DatagramOutbox : IDisposable
{
    /// <summary>Room that a datagram may take.</summary>
    public const int MaxDatagram = 1500;

    private const int Capacity = 512;
    private readonly int _descriptor;
    private readonly byte* _buffers;
    private readonly MultiMessage* _messages;
    private readonly IoVector* _vectors;
    private readonly SockAddrIn* _addresses;
    private readonly PacketInfoControl* _controls;
    private int _count;
    private bool _disposed;

    public DatagramOutbox(int descriptor)
    {
        _descriptor = descriptor;
        _buffers = (byte*)NativeMemory.Alloc(Capacity, MaxDatagram);
        _messages = (MultiMessage*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(MultiMessage));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(IoVector));
        _addresses = (SockAddrIn*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(SockAddrIn));
        _controls = (PacketInfoControl*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(PacketInfoControl));
        for (var i = 0; i < Capacity; i++)
        {
            _vectors[i].Base = _buffers + (i * MaxDatagram);
            _addresses[i].Family = LibC.AfInet;
            _controls[i].Header = new ControlHeader { Length = PacketInfoControl.ControlLength, Level = LibC.SolIp, Type = LibC.IpPktInfo };
            _messages[i].Header = new MessageHeader
            {
                Name = _addresses + i,
                NameLength = (uint)sizeof(SockAddrIn),
                Vectors = _vectors + i,
                VectorCount = 1,
                Control = _controls + i,
                ControlLength = (nuint)sizeof(PacketInfoControl),
            };
        }
    }

    public long Sent { get; private set; }

    /// <summary>Datagrams that the kernel refused: a full buffer or an unreachable address.</summary>
    public long Refused { get; private set; }

    /// <summary>Room for the next datagram, <see cref="MaxDatagram"/> bytes. Nothing is queued before <see cref="Commit"/>.</summary>
    public Span<byte> Reserve()
    {
        if (_count == Capacity)
        {
            Flush();
        }

        return new Span<byte>(_vectors[_count].Base, MaxDatagram);
    }

    /// <param name="source">The participant's address, in host order.</param>
    /// <param name="destination">An IPv4 address.</param>
    /// <param name="length">How much of the reservation is the datagram.</param>
    public void Commit(uint source, in TransportAddress destination, int length)
    {
        _vectors[_count].Length = (nuint)length;
        _addresses[_count].Port = BinaryPrimitives.ReverseEndianness(destination.Port);
        _addresses[_count].Address = BinaryPrimitives.ReverseEndianness(destination.IPv4);
        _controls[_count].SpecificDestination = BinaryPrimitives.ReverseEndianness(source);
        _count++;
    }

    public void Flush()
    {
        var next = 0;
        while (next < _count)
        {
            var sent = LibC.sendmmsg(_descriptor, _messages + next, (uint)(_count - next), LibC.MsgDontwait);
            if (sent > 0)
            {
                Sent += sent;
                next += sent;
            }
            else if (Marshal.GetLastPInvokeError() != LibC.Eintr)
            {
                Refused++;
                next++;
            }
        }

        _count = 0;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        NativeMemory.Free(_buffers);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_controls);
    }
}
