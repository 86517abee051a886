using System.Collections.Concurrent;
using System.Net;
using MediaServer.LoadTest.Native;
using MediaServer.Protocol.Primitives;

namespace MediaServer.LoadTest.Engine;

/// <summary>Produces media on the engine's thread.</summary>
internal interface IMediaSource
{
    MonotonicTime NextAt { get; }

    void Produce(MonotonicTime now);
}

/// <summary>
/// One thread that plays all participants. It wakes each millisecond, whatever arrives in between: the kernel notes arrival times, batches are
/// large, and the server under test pays for no wake-ups of its clients.
/// </summary>
internal sealed unsafe class MediaEngine : IDatagramSink, IDisposable
{
    private const int TickMicroseconds = 1000;
    private const int MaxBatchesPerTick = 64;
    private readonly ManyAddressSocket _socket;
    private readonly DatagramOutbox _outbox;
    private readonly AddressRange _addresses;
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly VirtualPeer?[] _peers;
    private readonly PriorityQueue<VirtualPeer, long> _deadlines = new();
    private readonly List<IMediaSource> _sources = [];
    private readonly Thread _thread;
    private readonly Action<Exception> _onFailure;
    private MonotonicTime _now = EngineClock.Now;
    private volatile bool _stopping;
    private volatile bool _ended;
    private int _nextIndex;

    /// <param name="addresses">Of the participants.</param>
    /// <param name="onFailure">A bug of the load test ended the engine.</param>
    public MediaEngine(AddressRange addresses, Action<Exception> onFailure)
    {
        _addresses = addresses;
        _onFailure = onFailure;
        _socket = new ManyAddressSocket(addresses.Device);
        _outbox = new DatagramOutbox(_socket.Descriptor);
        _peers = new VirtualPeer?[addresses.Count];
        _thread = new Thread(Run) { Name = "load engine", IsBackground = true };
        _thread.Start();
    }

    public EngineCounters Counters { get; private set; } = new();

    /// <summary>From the publisher's stamp to the kernel's arrival time, of sampled packets.</summary>
    public LatencyHistogram Transit { get; } = new();

    /// <summary>Where a participant listens.</summary>
    public IPEndPoint EndPointOf(int index) => new(_addresses.At(index), _socket.Port);

    public int ReceiveBufferBytes => _socket.ReceiveBufferBytes;

    /// <summary>Datagrams that the kernel refused to send.</summary>
    public long Refused => _outbox.Refused;

    /// <summary>Messages that came when the receive buffer was full: loss that is the generator's fault.</summary>
    public long ReceiveDrops => _socket.Drops;

    public AddressRange Addresses => _addresses;

    /// <summary>Another way out of the same socket, for another thread.</summary>
    public DatagramOutbox NewOutbox() => new(_socket.Descriptor);

    /// <summary>Engine's thread only.</summary>
    public IEnumerable<VirtualPeer> Peers => _peers.Take(Volatile.Read(ref _nextIndex)).OfType<VirtualPeer>();

    /// <summary>A participant's number, and so its address. Any thread.</summary>
    public int NextIndex()
    {
        var index = Interlocked.Increment(ref _nextIndex) - 1;
        return index < _addresses.Count ? index : throw new InvalidOperationException($"No more than {_addresses.Count} participants fit into the address range.");
    }

    /// <summary>Runs <paramref name="function"/> on the engine's thread at its next turn.</summary>
    public Task<T> Invoke<T>(Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _commands.Enqueue(() =>
        {
            try
            {
                result.SetResult(function());
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        });
        if (_ended)
        {
            RunCommands();
        }

        return result.Task;
    }

    public Task Invoke(Action action) => Invoke(() =>
    {
        action();
        return true;
    });

    /// <summary>Begins to connect the peer. Engine's thread.</summary>
    public void Add(VirtualPeer peer)
    {
        _peers[peer.Index] = peer;
        peer.Start(_now);
        Schedule(peer);
    }

    /// <summary>Engine's thread.</summary>
    public void Remove(VirtualPeer peer)
    {
        _peers[peer.Index] = null;
        peer.Close(_now);
    }

    public void Add(IMediaSource source) => _sources.Add(source);

    public void Remove(IMediaSource source) => _sources.Remove(source);

    /// <summary>Looks at the peer's deadline again, which may have come nearer. Engine's thread.</summary>
    public void Schedule(VirtualPeer peer)
    {
        var deadline = peer.NextDeadline.Microseconds;
        if (deadline < peer.ScheduledAt)
        {
            peer.ScheduledAt = deadline;
            _deadlines.Enqueue(peer, deadline);
        }
    }

    public Span<byte> Reserve() => _outbox.Reserve();

    public void Commit(int peerIndex, in TransportAddress destination, int length) => _outbox.Commit(_addresses.AddressOf(peerIndex), destination, length);

    /// <summary>Starts counting anew. Engine's thread.</summary>
    public void ResetCounters()
    {
        Counters = new EngineCounters();
        Transit.Reset();
    }

    public void OnDatagram(uint local, in TransportAddress from, Span<byte> datagram, long arrivedAt)
    {
        var index = _addresses.IndexOf(local);
        if (index < 0 || _peers[index] is not { } peer)
        {
            Counters.UnsolicitedBytes += datagram.Length;
        }
        else if (!datagram.IsEmpty)
        {
            peer.OnDatagram(from, datagram, arrivedAt, _now);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        foreach (var peer in Peers)
        {
            peer.Dispose();
        }

        _outbox.Dispose();
        _socket.Dispose();
    }

    private void Run()
    {
        try
        {
            var next = _now;
            while (!_stopping)
            {
                var last = _now;
                SleepUntil(next);
                _now = EngineClock.Now;
                Counters.LongestLagMicroseconds = Math.Max(Counters.LongestLagMicroseconds, _now - last - TickMicroseconds);
                Turn();
                _outbox.Flush();
                next = next.AddMicroseconds(TickMicroseconds);
                var now = EngineClock.Now;
                if (next < now)
                {
                    // Late: go on at once, but do not catch up turn by turn.
                    next = now;
                }
            }
        }
        catch (Exception exception)
        {
            _onFailure(exception);
        }
        finally
        {
            _ended = true;
            RunCommands();
        }
    }

    private void Turn()
    {
        // Media first: a publisher's clock does not wait for what others do.
        Produce();
        for (var batch = 0; batch < MaxBatchesPerTick && _socket.ReceiveBatch(this) > 0; batch++)
        {
            _now = EngineClock.Now;
            Produce();
        }

        RunCommands();
        FireDeadlines();
    }

    /// <summary>On the engine's thread while it lives, then on that of whoever asks.</summary>
    private void RunCommands()
    {
        lock (_commands)
        {
            while (_commands.TryDequeue(out var command))
            {
                command();
            }
        }
    }

    private void Produce()
    {
        var produced = false;
        foreach (var source in _sources)
        {
            if (source.NextAt <= _now)
            {
                source.Produce(_now);
                produced = true;
            }
        }

        if (produced)
        {
            _outbox.Flush();
        }
    }

    private void FireDeadlines()
    {
        while (_deadlines.TryPeek(out var peer, out var deadline) && deadline <= _now.Microseconds)
        {
            _deadlines.Dequeue();
            if (peer.ScheduledAt == deadline && _peers[peer.Index] == peer)
            {
                peer.ScheduledAt = long.MaxValue;
                peer.OnTimeout(_now);
                Schedule(peer);
            }
        }
    }

    private static void SleepUntil(MonotonicTime time)
    {
        var microseconds = time - EngineClock.Now;
        if (microseconds > 0)
        {
            var duration = new Timespec { Nanoseconds = (nint)(Math.Min(microseconds, TickMicroseconds) * 1000) };
            LibC.nanosleep(&duration, null);
        }
    }
}
