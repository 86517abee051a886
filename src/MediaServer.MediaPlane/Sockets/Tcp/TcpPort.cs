using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;
using MediaServer.MediaPlane.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets.Tcp;

/// <summary>Hears what happens on the connections besides datagrams. Called on the shard's thread, never out of a call to the port's egress.</summary>
internal interface IConnectionReceiver : IDatagramReceiver
{
    void OnConnectionClosed(in TransportAddress address);

    void OnBackPressure(in TransportAddress address, bool isCongested);
}

/// <summary>
/// ICE-TCP passive (RFC 6544): a listener and its connections, on the shard's thread. Each connection is an address of its own. What is read
/// goes to the receiver datagram by datagram, as from UDP; what is written is framed (RFC 4571) and sent as fast as the peer takes it.
/// </summary>
internal sealed unsafe class TcpPort : IDisposable
{
    private const uint ListenerToken = uint.MaxValue;
    private const int Backlog = 1024;
    private const int MaxAcceptsPerTurn = 64;
    private const int GenerationShift = 16;

    /// <summary>What has gathered for a connection within a turn is sent before it is taken for a queue.</summary>
    private const int WriteEarly = 128 * 1024;

    /// <summary>How long to leave the listener alone when there are no descriptors left, in milliseconds.</summary>
    private const int AcceptPause = 1000;

    private readonly TcpLimits _limits;
    private readonly ReadySet _ready = new();
    private readonly BlockPool _blocks = new();
    private readonly ChunkPool _chunks = new();
    private readonly Strangers _strangers;
    private readonly List<TcpConnection> _connections = [];
    private readonly List<ushort> _generations = [];
    private readonly Stack<int> _freeSlots = new();
    private readonly List<TcpConnection> _dirty = [];
    private readonly List<TcpConnection> _writing = [];
    private readonly byte* _frame;
    private readonly int _listener;
    private readonly bool _ipv6;
    private TcpConnection? _reserved;
    private MonotonicTime _acceptAgain = MonotonicTime.Never;
    private bool _disposed;

    /// <exception cref="Win32Exception">The address or port cannot be bound.</exception>
    public TcpPort(IPAddress listen, int port, TcpLimits? limits = null)
    {
        _limits = limits ?? new TcpLimits();
        _strangers = new Strangers(_limits);
        _listener = ServerSocket.Open(LibC.SockStream, listen, port, out _ipv6);
        if (LibC.listen(_listener, Backlog) != 0 || !_ready.TryAdd(_listener, ReadySet.Readable, ListenerToken))
        {
            var error = ServerSocket.LastError();
            LibC.close(_listener);
            _ready.Dispose();
            throw error;
        }

        _frame = (byte*)NativeMemory.Alloc(TcpConnection.MaxFrame);
    }

    /// <summary>Readable when <see cref="Poll"/> has something to do.</summary>
    public int Descriptor => _ready.Descriptor;

    public TcpCounters Counters { get; } = new();

    /// <summary>Pieces of memory that connections hold, for receiving and for sending.</summary>
    public (int Blocks, int Chunks) InUse => (_blocks.InUse, _chunks.InUse);

    /// <summary>Something was written, or somebody has to be told, since the last flush.</summary>
    public bool NeedsFlush => _dirty.Count > 0;

    /// <summary>When <see cref="OnTimeout"/> wants to be called next.</summary>
    public MonotonicTime NextDeadline => MonotonicTime.Min(_strangers.NextDeadline, _acceptAgain);

    /// <summary>Accepts, reads and writes what is ready, each a little.</summary>
    public void Poll(IConnectionReceiver receiver, MonotonicTime now)
    {
        var count = _ready.Poll();
        for (var i = 0; i < count; i++)
        {
            var token = _ready.TokenOf(i);
            if (token == ListenerToken)
            {
                Accept(receiver, now);
                continue;
            }

            // Closed a moment ago, by an earlier one of this batch; its slot may have somebody else, who is then looked at in vain.
            var connection = _connections[(int)token];
            if (connection.IsOpen && _ready.IsWritable(i))
            {
                Write(connection);
            }

            if (connection.IsOpen && _ready.IsReadable(i))
            {
                Read(connection, receiver);
            }
        }
    }

    public void OnTimeout(IConnectionReceiver receiver, MonotonicTime now)
    {
        while (_strangers.Oldest is { } connection && connection.Deadline <= now)
        {
            Counters.TimedOut++;
            Close(connection, receiver);
        }

        if (now >= _acceptAgain)
        {
            _acceptAgain = MonotonicTime.Never;
            _ready.Change(_listener, ReadySet.Readable, ListenerToken);
        }
    }

    /// <summary>Room for a datagram to a connection; empty when it is congested or gone.</summary>
    public Span<byte> Reserve(in TransportAddress destination, int maxLength, TrafficClass traffic, MonotonicTime now)
    {
        _reserved = null;
        if (Find(destination) is not { } connection)
        {
            return default;
        }

        if (connection.Outbox.Bytes > WriteEarly && !connection.IsBlocked)
        {
            Write(connection);
        }

        var buffer = connection.HasFailed ? default : connection.Outbox.Reserve(maxLength, traffic, now);
        MarkDirty(connection);
        if (!buffer.IsEmpty)
        {
            _reserved = connection;
        }

        return buffer;
    }

    public void Commit(int length)
    {
        if (_reserved is { } connection && length > 0)
        {
            connection.Outbox.Commit(length);
        }

        _reserved = null;
    }

    /// <summary>Bytes that wait for a connection here, not in the kernel.</summary>
    public int BacklogOf(in TransportAddress address) => Find(address)?.Outbox.Bytes ?? 0;

    /// <summary>A valid check came from there.</summary>
    public void Bind(in TransportAddress address)
    {
        if (Find(address) is { IsAuthenticated: false } connection)
        {
            connection.IsAuthenticated = true;
            _strangers.Remove(connection);
        }
    }

    /// <summary>The transport is gone: its connection is a stranger again, who has some seconds for another one, or for what was sent last to arrive.</summary>
    public void Release(in TransportAddress address, MonotonicTime now)
    {
        if (Find(address) is { IsAuthenticated: true } connection)
        {
            connection.IsAuthenticated = false;
            _strangers.Add(connection, now);
        }
    }

    /// <summary>Sends what was written since the last flush, and tells the receiver what has become congested or free.</summary>
    public void Flush(IConnectionReceiver receiver)
    {
        // What the receiver is told may make it write again; that is for the next flush.
        _writing.AddRange(_dirty);
        _dirty.Clear();
        foreach (var connection in _writing)
        {
            connection.IsDirty = false;
            if (!connection.IsOpen)
            {
                continue;
            }

            if (!connection.IsBlocked)
            {
                Write(connection);
            }

            CountDrops(connection);
            if (connection.HasFailed)
            {
                Close(connection, receiver);
            }
            else if (connection.Outbox.IsCongested != connection.ToldCongested)
            {
                connection.ToldCongested = !connection.ToldCongested;
                receiver.OnBackPressure(connection.Address, connection.ToldCongested);
            }
        }

        _writing.Clear();
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (var connection in _connections)
        {
            if (connection.IsOpen)
            {
                connection.Close();
            }
        }

        LibC.close(_listener);
        _ready.Dispose();
        _blocks.Dispose();
        _chunks.Dispose();
        NativeMemory.Free(_frame);
    }

    private TcpConnection? Find(in TransportAddress address)
    {
        var slot = (int)(address.Connection & ((1u << GenerationShift) - 1));
        return slot < _connections.Count && _connections[slot] is { } connection && connection.Address == address ? connection : null;
    }

    private void Accept(IConnectionReceiver receiver, MonotonicTime now)
    {
        for (var i = 0; i < MaxAcceptsPerTurn; i++)
        {
            SockAddr source;
            uint length = SockAddr.Size;
            var descriptor = LibC.accept4(_listener, &source, &length, LibC.SockNonblock | LibC.SockCloexec);
            if (descriptor < 0)
            {
                if (Marshal.GetLastPInvokeError() is LibC.Emfile or LibC.Enfile)
                {
                    _acceptAgain = now.AddMilliseconds(AcceptPause);
                    _ready.Change(_listener, 0, ListenerToken);
                }

                return;
            }

            Counters.Accepted++;
            Admit(descriptor, SocketAddresses.Read(&source), receiver, now);
        }
    }

    private void Admit(int descriptor, in TransportAddress source, IConnectionReceiver receiver, MonotonicTime now)
    {
        if (Counters.Open >= _limits.MaxConnections)
        {
            Counters.Refused++;
            LibC.close(descriptor);
            return;
        }

        if (!_freeSlots.TryPop(out var slot))
        {
            slot = _connections.Count;
            _connections.Add(new TcpConnection(slot, _blocks, _chunks));
            _generations.Add(0);
        }

        TcpSocketOptions.Apply(descriptor);
        var connection = _connections[slot];
        connection.Open(descriptor, source.OverTcp(((uint)++_generations[slot] << GenerationShift) | (uint)slot));
        Counters.Open++;
        _strangers.Add(connection, now);
        if (!_ready.TryAdd(descriptor, ReadySet.Readable, (uint)slot))
        {
            Close(connection, receiver);
        }
        else if (_strangers.Surplus(source) is { } surplus)
        {
            Counters.Refused++;
            Close(surplus, receiver);
        }
    }

    private void Read(TcpConnection connection, IConnectionReceiver receiver)
    {
        var result = connection.Read(receiver, _frame, ref Counters.BytesReceived);
        if (result == ReadResult.Malformed)
        {
            Counters.Malformed++;
        }

        if (result != ReadResult.Open)
        {
            Close(connection, receiver);
        }
    }

    private void Write(TcpConnection connection)
    {
        if (connection.Write(ref Counters.BytesSent, ref Counters.DatagramsSent))
        {
            _ready.Change(connection.Descriptor, connection.IsBlocked ? ReadySet.Readable | ReadySet.Writable : ReadySet.Readable, (uint)connection.Slot);
        }

        if (connection.HasFailed || connection.Outbox.IsCongested != connection.ToldCongested)
        {
            MarkDirty(connection);
        }
    }

    private void MarkDirty(TcpConnection connection)
    {
        if (!connection.IsDirty)
        {
            connection.IsDirty = true;
            _dirty.Add(connection);
        }
    }

    private void CountDrops(TcpConnection connection)
    {
        Counters.ControlDropped += connection.Outbox.TakeDropped(TrafficClass.Control);
        Counters.AudioDropped += connection.Outbox.TakeDropped(TrafficClass.Audio);
        Counters.VideoDropped += connection.Outbox.TakeDropped(TrafficClass.Video);
    }

    private void Close(TcpConnection connection, IConnectionReceiver receiver)
    {
        var address = connection.Address;
        var wasAuthenticated = connection.IsAuthenticated;
        if (!wasAuthenticated)
        {
            _strangers.Remove(connection);
        }

        connection.Close();
        _freeSlots.Push(connection.Slot);
        Counters.Open--;
        if (wasAuthenticated)
        {
            receiver.OnConnectionClosed(address);
        }
    }
}
