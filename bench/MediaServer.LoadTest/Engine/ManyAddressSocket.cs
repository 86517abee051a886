using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using MediaServer.LoadTest.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.LoadTest.Engine;

/// <summary>Takes one received datagram; the buffer is the socket's again on return.</summary>
internal interface IDatagramSink
{
    /// <param name="local">The address it came to, in host order.</param>
    /// <param name="from">Who sent it.</param>
    /// <param name="datagram">Its bytes.</param>
    /// <param name="arrivedAt">When the kernel got it, in wall-clock microseconds.</param>
    void OnDatagram(uint local, in TransportAddress from, Span<byte> datagram, long arrivedAt);
}

/// <summary>
/// One UDP socket that is thousands of participants: it receives for every local address (IP_PKTINFO says for which), in batches (recvmmsg), a
/// server's segmented message as one buffer (UDP_GRO), with the kernel's arrival time (SO_TIMESTAMPNS). One thread uses it.
/// </summary>
internal sealed unsafe class ManyAddressSocket : IDisposable
{
    private const int BatchSize = 64;
    private const int BufferSize = 65536;
    private const int ControlSize = 128;
    private const int ReceiveBuffer = 256 * 1024 * 1024;
    private readonly byte* _buffers;
    private readonly byte* _controls;
    private readonly MultiMessage* _messages;
    private readonly IoVector* _vectors;
    private readonly SockAddrIn* _addresses;
    private bool _disposed;

    /// <exception cref="Win32Exception">The kernel refuses.</exception>
    public ManyAddressSocket(string device)
    {
        Descriptor = LibC.socket(LibC.AfInet, LibC.SockDgram | LibC.SockNonblock | LibC.SockCloexec, 0);
        Require(Descriptor >= 0, "socket");
        SetReceiveBuffer();
        SetOption(LibC.SolIp, LibC.IpPktInfo, 1);
        SetOption(LibC.SolUdp, LibC.UdpGro, 1);
        SetOption(LibC.SolSocket, LibC.SoTimestampNs, 1);
        var name = Encoding.ASCII.GetBytes(device + "\0");
        fixed (byte* start = name)
        {
            Require(LibC.setsockopt(Descriptor, LibC.SolSocket, LibC.SoBindToDevice, start, (uint)name.Length) == 0, $"SO_BINDTODEVICE {device}");
        }

        var any = new SockAddrIn { Family = LibC.AfInet };
        Require(LibC.bind(Descriptor, &any, (uint)sizeof(SockAddrIn)) == 0, "bind");
        var length = (uint)sizeof(SockAddrIn);
        Require(LibC.getsockname(Descriptor, &any, &length) == 0, "getsockname");
        Port = BinaryPrimitives.ReverseEndianness(any.Port);
        _buffers = (byte*)NativeMemory.Alloc(BatchSize, BufferSize);
        _controls = (byte*)NativeMemory.AllocZeroed(BatchSize, ControlSize);
        _messages = (MultiMessage*)NativeMemory.AllocZeroed(BatchSize, (nuint)sizeof(MultiMessage));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(BatchSize, (nuint)sizeof(IoVector));
        _addresses = (SockAddrIn*)NativeMemory.AllocZeroed(BatchSize, (nuint)sizeof(SockAddrIn));
        for (var i = 0; i < BatchSize; i++)
        {
            _vectors[i] = new IoVector { Base = _buffers + ((long)i * BufferSize), Length = BufferSize };
            _messages[i].Header = new MessageHeader { Name = _addresses + i, Vectors = _vectors + i, VectorCount = 1, Control = _controls + (i * ControlSize) };
        }
    }

    public int Descriptor { get; }

    /// <summary>The same for all addresses.</summary>
    public ushort Port { get; }

    /// <summary>What the kernel granted, in bytes.</summary>
    public int ReceiveBufferBytes { get; private set; }

    /// <summary>Messages that found the receive buffer full (SK_MEMINFO_DROPS).</summary>
    public long Drops
    {
        get
        {
            const int dropsIndex = 8;
            var information = stackalloc uint[16];
            uint length = 16 * sizeof(uint);
            return LibC.getsockopt(Descriptor, LibC.SolSocket, LibC.SoMemInfo, information, &length) == 0 ? information[dropsIndex] : 0;
        }
    }

    /// <summary>Hands out one batch without waiting; returns the number of messages, each of one or more datagrams.</summary>
    public int ReceiveBatch(IDatagramSink sink)
    {
        for (var i = 0; i < BatchSize; i++)
        {
            _messages[i].Header.NameLength = (uint)sizeof(SockAddrIn);
            _messages[i].Header.ControlLength = ControlSize;
        }

        var count = LibC.recvmmsg(Descriptor, _messages, BatchSize, LibC.MsgDontwait, null);
        for (var i = 0; i < count; i++)
        {
            ReadControls(_messages + i, out var local, out var segment, out var arrivedAt);
            var from = TransportAddress.FromIPv4(BinaryPrimitives.ReverseEndianness(_addresses[i].Address), BinaryPrimitives.ReverseEndianness(_addresses[i].Port));
            var length = (int)_messages[i].Length;
            segment = segment == 0 ? length : segment;
            for (var offset = 0; offset < length; offset += segment)
            {
                sink.OnDatagram(local, from, new Span<byte>(_vectors[i].Base + offset, Math.Min(segment, length - offset)), arrivedAt);
            }
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
        NativeMemory.Free(_controls);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_addresses);
    }

    private static void ReadControls(MultiMessage* message, out uint local, out int segment, out long arrivedAt)
    {
        local = 0;
        segment = 0;
        arrivedAt = 0;
        var at = (byte*)message->Header.Control;
        var end = at + message->Header.ControlLength;
        while (at + ControlHeader.Size <= end)
        {
            var header = (ControlHeader*)at;
            var data = at + ControlHeader.Size;
            switch (header->Level, header->Type)
            {
                case (LibC.SolIp, LibC.IpPktInfo):
                    local = BinaryPrimitives.ReverseEndianness(((PacketInfoControl*)at)->Address);
                    break;
                case (LibC.SolUdp, LibC.UdpGro):
                    segment = *(int*)data;
                    break;
                case (LibC.SolSocket, LibC.SoTimestampNs):
                    var time = (Timespec*)data;
                    arrivedAt = (time->Seconds * 1_000_000L) + (time->Nanoseconds / 1000);
                    break;
            }

            at += ((long)header->Length + 7) & ~7;
        }
    }

    private void SetReceiveBuffer()
    {
        // Beyond the administrator's limit with CAP_NET_ADMIN, else up to it.
        var value = ReceiveBuffer;
        if (LibC.setsockopt(Descriptor, LibC.SolSocket, LibC.SoRcvbufForce, &value, sizeof(int)) != 0)
        {
            LibC.setsockopt(Descriptor, LibC.SolSocket, LibC.SoRcvbuf, &value, sizeof(int));
        }

        int granted;
        uint length = sizeof(int);
        LibC.getsockopt(Descriptor, LibC.SolSocket, LibC.SoRcvbuf, &granted, &length);
        ReceiveBufferBytes = granted;
    }

    private void SetOption(int level, int name, int value) =>
        Require(LibC.setsockopt(Descriptor, level, name, &value, sizeof(int)) == 0, $"socket option {name}");

    private static void Require(bool succeeded, string what)
    {
        if (!succeeded)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new Win32Exception(error, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }
}
