using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;
using MediaServer.MediaPlane.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets;

/// <summary>Takes one received datagram; the buffer is the port's again on return.</summary>
internal interface IDatagramReceiver
{
    void OnDatagram(in TransportAddress from, Span<byte> datagram);
}

/// <summary>
/// A UDP socket with batched receiving (recvmmsg) into native buffers. IPv6 with mapped IPv4 when the listen address is IPv6 and the
/// machine has it, IPv4 otherwise. One thread uses it.
/// </summary>
internal sealed unsafe class UdpPort : IDisposable
{
    /// <summary>Datagrams per system call.</summary>
    public const int BatchSize = 64;

    /// <summary>Browsers send up to 1500 bytes; DTLS hellos 1408.</summary>
    public const int BufferSize = 2048;

    private const int SocketBuffer = 4 * 1024 * 1024;
    private readonly byte* _buffers;
    private readonly MultiMessage* _messages;
    private readonly IoVector* _vectors;
    private readonly SockAddr* _addresses;
    private bool _disposed;

    /// <exception cref="Win32Exception">The address or port cannot be bound.</exception>
    public UdpPort(IPAddress listen, int port)
    {
        Descriptor = Open(listen, port, out var ipv6);
        IsIPv6 = ipv6;
        Port = port;
        _buffers = (byte*)NativeMemory.AllocZeroed(BatchSize, BufferSize);
        _messages = (MultiMessage*)NativeMemory.AllocZeroed(BatchSize, (nuint)sizeof(MultiMessage));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(BatchSize, (nuint)sizeof(IoVector));
        _addresses = (SockAddr*)NativeMemory.AllocZeroed(BatchSize, SockAddr.Size);
        for (var i = 0; i < BatchSize; i++)
        {
            _vectors[i] = new IoVector { Base = _buffers + (i * BufferSize), Length = BufferSize };
            _messages[i].Header = new MessageHeader { Name = _addresses + i, NameLength = SockAddr.Size, Vectors = _vectors + i, VectorCount = 1 };
        }
    }

    public int Descriptor { get; }

    public bool IsIPv6 { get; }

    public int Port { get; }

    /// <summary>Hands out what has arrived, at most one batch, without waiting; returns how many.</summary>
    public int ReceiveBatch(IDatagramReceiver receiver, ref long bytes)
    {
        for (var i = 0; i < BatchSize; i++)
        {
            _messages[i].Header.NameLength = SockAddr.Size;
        }

        var count = LibC.recvmmsg(Descriptor, _messages, BatchSize, LibC.MsgDontwait, null);
        for (var i = 0; i < count; i++)
        {
            var length = (int)_messages[i].Length;
            bytes += length;
            receiver.OnDatagram(SocketAddresses.Read(_addresses + i), new Span<byte>(_buffers + (i * BufferSize), length));
        }

        return Math.Max(count, 0);
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        LibC.close(Descriptor);
        NativeMemory.Free(_buffers);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_addresses);
    }

    private static int Open(IPAddress listen, int port, out bool ipv6)
    {
        var descriptor = ServerSocket.Open(LibC.SockDgram, listen, port, out ipv6);

        // Best effort: the kernel clamps buffer sizes to what the administrator allows.
        ServerSocket.SetOption(descriptor, LibC.SolSocket, LibC.SoRcvbuf, SocketBuffer);
        ServerSocket.SetOption(descriptor, LibC.SolSocket, LibC.SoSndbuf, SocketBuffer);
        return descriptor;
    }
}
