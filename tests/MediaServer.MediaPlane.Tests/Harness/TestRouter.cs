using MediaServer.Forwarding;
using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests.Harness;

/// <summary>
/// A router that does what datagrams and commands tell it: echo, throw, or throw in the middle of a reservation. Runs on the shard's thread; the
/// test looks on from its own.
/// </summary>
internal sealed class TestRouter(IEgress egress, IMediaEventSink events) : IMediaRouter
{
    public const byte Throw = 0xEE;
    public const byte ThrowWhileReserving = 0xEF;
    public const long BadTransport = -1;
    private long _deadline = MonotonicTime.Never.Microseconds;
    private int _dropped;
    private int _timeouts;

    public MonotonicTime NextDeadline => new(Interlocked.Read(ref _deadline));

    public CongestionCounters Congestion { get; } = new();

    public int Timeouts => Volatile.Read(ref _timeouts);

    public bool TimersThrow { get; set; }

    public string? ThreadName { get; private set; }

    public List<long> Applied { get; } = [];

    public void SetDeadline(MonotonicTime deadline) => Interlocked.Exchange(ref _deadline, deadline.Microseconds);

    public void OnDatagram(in TransportAddress from, Span<byte> datagram, MonotonicTime now)
    {
        ThreadName = Thread.CurrentThread.Name;
        if (datagram[0] == Throw)
        {
            _dropped++;
            throw new InvalidOperationException("a bug on a datagram");
        }

        var buffer = egress.Reserve(from, datagram.Length);
        if (datagram[0] == ThrowWhileReserving)
        {
            throw new InvalidOperationException("a bug with an open reservation");
        }

        datagram.CopyTo(buffer);
        egress.Commit(datagram.Length);
    }

    public void OnTimeout(MonotonicTime now)
    {
        Interlocked.Increment(ref _timeouts);
        if (TimersThrow)
        {
            throw new InvalidOperationException("a bug in a timer");
        }

        SetDeadline(MonotonicTime.Never);
    }

    public void Apply(MediaCommand command, MonotonicTime now)
    {
        var transport = ((CloseTransport)command).Transport;
        if (transport.Value == BadTransport)
        {
            throw new InvalidOperationException("a bug in a command");
        }

        lock (Applied)
        {
            Applied.Add(transport.Value);
        }

        events.OnMediaEvent(new TransportClosed(transport, TransportCloseReason.Requested));
    }

    public long Dropped(DropReason reason) => reason == DropReason.PayloadMalformed ? Volatile.Read(ref _dropped) : 0;

}
