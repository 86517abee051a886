using System.Runtime.InteropServices;
using MediaServer.MediaPlane.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets;

/// <summary>Builds messages of one or more equal segments and sends them with sendmmsg. Nothing is allocated after construction.</summary>
internal sealed unsafe class DatagramSender : IDisposable
{
    /// <summary>How long a full socket buffer may hold up the shard.</summary>
    private const int WaitNanoseconds = 2_000_000;

    /// <summary>
    /// What every path carries: the smallest MTU of IPv6 less its and UDP's headers. A message of larger segments may be refused because of one
    /// destination's MTU (EINVAL or, in newer kernels, EMSGSIZE), which must not end offload for all the others.
    /// </summary>
    private const int AlwaysFits = 1280 - 40 - 8;

    private readonly int _descriptor;
    private readonly bool _ipv6;
    private readonly MultiMessage* _messages;
    private readonly IoVector* _vectors;
    private readonly SockAddr* _addresses;
    private readonly SegmentControl* _controls;
    private readonly int* _segments;
    private int _messageCount;
    private int _vectorCount;
    private bool _hasSegmented;
    private bool _disposed;

    public DatagramSender(int descriptor, bool ipv6, bool allowSegmentation = true)
    {
        _descriptor = descriptor;
        _ipv6 = ipv6;
        CanSegment = allowSegmentation;
        _messages = (MultiMessage*)NativeMemory.AllocZeroed(EgressQueue.Capacity, (nuint)sizeof(MultiMessage));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(EgressQueue.Capacity, (nuint)sizeof(IoVector));
        _addresses = (SockAddr*)NativeMemory.AllocZeroed(EgressQueue.Capacity, SockAddr.Size);
        _controls = (SegmentControl*)NativeMemory.AllocZeroed(EgressQueue.Capacity, (nuint)sizeof(SegmentControl));
        _segments = (int*)NativeMemory.AllocZeroed(EgressQueue.Capacity, sizeof(int));
    }

    /// <summary>False once the kernel has refused segmentation offload and has never done it.</summary>
    public bool CanSegment { get; private set; }

    public long SystemCalls { get; private set; }

    public long DatagramsSent { get; private set; }

    public long BytesSent { get; private set; }

    public long DatagramsDropped { get; private set; }

    /// <summary>Begins a message whose segments have <paramref name="segmentSize"/> bytes, the last perhaps fewer.</summary>
    public void Begin(in TransportAddress destination, int segmentSize)
    {
        var i = _messageCount++;
        _controls[i].Length = SegmentControl.ControlLength;
        _controls[i].Level = LibC.SolUdp;
        _controls[i].Type = LibC.UdpSegment;
        _controls[i].SegmentSize = (ushort)segmentSize;
        _segments[i] = 0;
        _messages[i].Header = new MessageHeader
        {
            Name = _addresses + i,
            NameLength = SocketAddresses.Write(_addresses + i, destination, _ipv6),
            Vectors = _vectors + _vectorCount,
        };
    }

    /// <summary>The next segment of the message; one that lies right behind the former shares its vector.</summary>
    public void Add(byte* data, int length)
    {
        var i = _messageCount - 1;
        ref var header = ref _messages[i].Header;
        if (++_segments[i] == 2)
        {
            header.Control = _controls + i;
            header.ControlLength = (nuint)sizeof(SegmentControl);
        }

        if (header.VectorCount > 0 && _vectors[_vectorCount - 1].Base + _vectors[_vectorCount - 1].Length == data)
        {
            _vectors[_vectorCount - 1].Length += (nuint)length;
            return;
        }

        _vectors[_vectorCount++] = new IoVector { Base = data, Length = (nuint)length };
        header.VectorCount++;
    }

    /// <summary>Sends all messages. What a full buffer or an unreachable destination refuses is dropped and counted, as a network would.</summary>
    public void Send()
    {
        var next = 0;
        var waited = false;
        while (next < _messageCount)
        {
            var sent = LibC.sendmmsg(_descriptor, _messages + next, (uint)(_messageCount - next), LibC.MsgDontwait);
            SystemCalls++;
            if (sent > 0)
            {
                Count(next, sent);
                next += sent;
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == LibC.Eintr)
            {
                continue;
            }

            if (error is LibC.Eagain or LibC.Enobufs && !waited)
            {
                waited = true;
                WaitUntilWritable();
                continue;
            }

            if (error is LibC.Eio or LibC.Einval or LibC.Emsgsize && _segments[next] > 1)
            {
                CanSegment &= _hasSegmented || error == LibC.Emsgsize || _controls[next].SegmentSize > AlwaysFits;
                SendOneByOne(next++);
                continue;
            }

            DatagramsDropped += _segments[next];
            next++;
        }

        _messageCount = 0;
        _vectorCount = 0;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_controls);
        NativeMemory.Free(_segments);
    }

    /// <summary>The segments of a message that the kernel refused as a whole.</summary>
    private void SendOneByOne(int index)
    {
        var header = _messages[index].Header;
        nuint size = _controls[index].SegmentSize;
        for (nuint i = 0; i < header.VectorCount; i++)
        {
            var whole = header.Vectors[i];
            for (nuint offset = 0; offset < whole.Length; offset += size)
            {
                var segment = new IoVector { Base = whole.Base + offset, Length = Math.Min(size, whole.Length - offset) };
                var single = new MultiMessage { Header = header };
                single.Header.Vectors = &segment;
                single.Header.VectorCount = 1;
                single.Header.Control = null;
                single.Header.ControlLength = 0;
                SystemCalls++;
                if (LibC.sendmmsg(_descriptor, &single, 1, LibC.MsgDontwait) == 1)
                {
                    DatagramsSent++;
                    BytesSent += single.Length;
                }
                else
                {
                    DatagramsDropped++;
                }
            }
        }
    }

    private void Count(int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            _hasSegmented |= _segments[i] > 1;
            DatagramsSent += _segments[i];
            BytesSent += _messages[i].Length;
        }
    }

    private void WaitUntilWritable()
    {
        var poll = new PollDescriptor { Descriptor = _descriptor, Events = LibC.Pollout };
        var timeout = new Timespec { Nanoseconds = WaitNanoseconds };
        LibC.ppoll(&poll, 1, &timeout, null);
    }
}
