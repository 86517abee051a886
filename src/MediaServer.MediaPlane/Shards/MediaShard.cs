using System.Net;
using MediaServer.Forwarding;
using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Relays;
using MediaServer.MediaPlane.Native;
using MediaServer.MediaPlane.Sockets;
using MediaServer.MediaPlane.Sockets.Tcp;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Shards;

/// <summary>
/// One thread, one UDP port and the TCP port of the same number, one router: wait, apply commands, receive, route, fire timers, flush. Nothing is
/// shared with other shards but the relays' rings and mailboxes.
/// An exception out of the router is a bug; it is counted and reported, and the shard goes on with the next datagram.
/// </summary>
internal sealed unsafe class MediaShard : IConnectionReceiver, IRelayReceiver, IDisposable
{
    private const int MaxBatchesPerTurn = 8;
    private const long LongestWaitMicroseconds = 1_000_000;

    /// <summary>A timer that fails is due again at once; so often it is tried, or it would take the whole thread.</summary>
    private const int FailedTimerMilliseconds = 10;

    private readonly UdpPort _port;
    private readonly DatagramSender _sender;
    private readonly EgressQueue _datagrams;
    private readonly TcpPort? _connections;
    private readonly ShardEgress _egress;
    private readonly ShardMailbox _mailbox = new();
    private readonly IMediaRouter _router;
    private readonly Action<Exception> _onBug;
    private readonly Thread _thread;
    private RelayPorts? _relays;
    private volatile bool _stopping;
    private bool _started;
    private bool _connectionsReady;
    private MonotonicTime _timersAt;
    private long _datagramsReceived;
    private long _bytesReceived;
    private long _bugs;

    public MediaShard(int number, MediaPlaneOptions options, MediaRouterFactory routers, IMediaEventSink events, Action<Exception> onBug)
    {
        var (listen, port) = (IPAddress.Parse(options.ListenAddress), options.BasePort + number);
        _port = new UdpPort(listen, port);
        try
        {
            _connections = options.Tcp ? new TcpPort(listen, port) : null;
        }
        catch
        {
            _port.Dispose();
            throw;
        }

        _sender = new DatagramSender(_port.Descriptor, _port.IsIPv6, options.SegmentationOffload);
        _datagrams = new EgressQueue(_sender);
        _egress = new ShardEgress(_datagrams, _connections);
        _onBug = onBug;
        try
        {
            _router = routers(number, _egress, events);
        }
        catch
        {
            Release();
            throw;
        }

        _thread = new Thread(Run) { Name = $"media shard {number}", IsBackground = true };
    }

    public long DatagramsReceived => Interlocked.Read(ref _datagramsReceived);

    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    public long Bugs => Interlocked.Read(ref _bugs);

    public int MailboxDepth => _mailbox.Depth;

    public DatagramSender Sender => _sender;

    /// <summary>Null without TCP.</summary>
    public TcpCounters? Connections => _connections?.Counters;

    public ShardMailbox Mailbox => _mailbox;

    /// <summary>Null when the shard is alone.</summary>
    public RelayPorts? Relays => _relays;

    public bool IsIPv6 => _port.IsIPv6;

    /// <summary>Joins this shard's router with those of the others; before <see cref="Start"/>.</summary>
    public void Connect(RelayPorts relays)
    {
        if (_router is IRelayEndpoint endpoint)
        {
            endpoint.Connect(relays.Shard, relays);
            _relays = relays;
        }
    }

    public void Start()
    {
        _started = true;
        _thread.Start();
    }

    public void Post(MediaCommand command) => _mailbox.Post(command);

    /// <summary>Counted on the shard's thread; read from any.</summary>
    public long Dropped(DropReason reason) => _router.Dropped(reason);

    /// <summary>As <see cref="Dropped"/>.</summary>
    public CongestionCounters Congestion => _router.Congestion;

    public void OnDatagram(in TransportAddress from, Span<byte> datagram)
    {
        _datagramsReceived++;
        try
        {
            _router.OnDatagram(from, datagram, MonotonicClock.Now);
        }
        catch (Exception exception)
        {
            ReportBug(exception);
        }
    }

    public void OnConnectionClosed(in TransportAddress address)
    {
        try
        {
            _router.OnConnectionClosed(address, MonotonicClock.Now);
        }
        catch (Exception exception)
        {
            ReportBug(exception);
        }
    }

    public void OnBackPressure(in TransportAddress address, bool isCongested)
    {
        try
        {
            _router.OnBackPressure(address, isCongested, MonotonicClock.Now);
        }
        catch (Exception exception)
        {
            ReportBug(exception);
        }
    }

    public void OnRelayRecord(int from, ReadOnlySpan<byte> record)
    {
        try
        {
            ((IRelayEndpoint)_router).OnRelayRecord(from, record, MonotonicClock.Now);
        }
        catch (Exception exception)
        {
            ReportBug(exception);
        }
    }

    /// <summary>Ends the thread, then frees socket and memory.</summary>
    public void Dispose()
    {
        _stopping = true;
        _mailbox.Wake();
        if (_started)
        {
            _thread.Join();
        }

        Release();
    }

    private void Release()
    {
        _mailbox.Dispose();
        _datagrams.Dispose();
        _connections?.Dispose();
        _sender.Dispose();
        _port.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            Wait();
            _relays?.Observe();
            ApplyCommands();
            _relays?.Read(this);
            for (var batch = 0; batch < MaxBatchesPerTurn; batch++)
            {
                if (_port.ReceiveBatch(this, ref _bytesReceived) < UdpPort.BatchSize)
                {
                    break;
                }

                // A full batch is followed by more: let out what it caused first.
                _egress.Flush(this);
                _relays?.Flush();
            }

            if (_connectionsReady)
            {
                _connections?.Poll(this, MonotonicClock.Now);
            }

            FireTimers();
            _egress.Flush(this);
            _relays?.Flush();
        }
    }

    private MonotonicTime NextDeadline => _router.NextDeadline > _timersAt ? _router.NextDeadline : _timersAt;

    private void Wait()
    {
        var deadline = _relays is { HasMore: true } ? default : MonotonicTime.Min(NextDeadline, _connections?.NextDeadline ?? MonotonicTime.Never);
        var microseconds = Math.Clamp(deadline == MonotonicTime.Never ? LongestWaitMicroseconds : deadline - MonotonicClock.Now, 0, LongestWaitMicroseconds);
        var timeout = new Timespec { Seconds = (nint)(microseconds / 1_000_000), Nanoseconds = (nint)(microseconds % 1_000_000 * 1000) };
        var descriptors = stackalloc PollDescriptor[3];
        descriptors[0] = new PollDescriptor { Descriptor = _port.Descriptor, Events = LibC.Pollin };
        descriptors[1] = new PollDescriptor { Descriptor = _mailbox.Descriptor, Events = LibC.Pollin };
        descriptors[2] = new PollDescriptor { Descriptor = _connections?.Descriptor ?? -1, Events = LibC.Pollin };
        LibC.ppoll(descriptors, 3, &timeout, null);
        _connectionsReady = descriptors[2].Returned != 0;
        if (descriptors[1].Returned != 0)
        {
            _mailbox.Acknowledge();
        }
    }

    private void ApplyCommands()
    {
        while (_mailbox.TryTake(out var command))
        {
            try
            {
                _router.Apply(command!, MonotonicClock.Now);
            }
            catch (Exception exception)
            {
                ReportBug(exception);
            }
        }
    }

    private void FireTimers()
    {
        var now = MonotonicClock.Now;
        if (_connections is not null && now >= _connections.NextDeadline)
        {
            _connections.OnTimeout(this, now);
        }

        if (now < NextDeadline)
        {
            return;
        }

        try
        {
            _router.OnTimeout(now);
        }
        catch (Exception exception)
        {
            _timersAt = now.AddMilliseconds(FailedTimerMilliseconds);
            ReportBug(exception);
        }
    }

    private void ReportBug(Exception exception)
    {
        Interlocked.Increment(ref _bugs);
        _egress.Commit(0);
        try
        {
            _onBug(exception);
        }
        catch (Exception)
        {
            // Nobody is left to tell; an exception out of this thread would end the process and every call in it.
        }
    }
}
