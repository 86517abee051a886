using MediaServer.Forwarding.Relays;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests.Relays;

/// <summary>
/// The way from one router to another on virtual time: messages and records with delays of their own, so that messages overtake records
/// as the contract allows, and never the other way round.
/// </summary>
internal sealed class MemoryLink(RouterHarness from, RouterHarness to, Random random) : IRelayLink
{
    private const int BufferBytes = 1 << 22;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Queue<(MonotonicTime At, int Offset, int Length)> _records = new(4096);
    private readonly Queue<(MonotonicTime At, RelayMessage Message)> _messages = new();
    private int _offset;
    private int _reserved;
    private int _bytes;
    private MonotonicTime _lastMessageAt;
    private MonotonicTime _lastRecordAt;

    /// <summary>Bytes under way at most.</summary>
    public int Capacity { get; set; } = BufferBytes / 2;

    public int MaxMessageDelay { get; set; }

    public int MaxRecordDelay { get; set; }

    public List<RelayMessage> Posted { get; } = [];

    /// <summary>Committed records by kind.</summary>
    public int[] Records { get; } = new int[4];

    public int Packets => Records[(int)RelayRecordKind.Packet];

    public Span<byte> Reserve(int length, bool droppable)
    {
        if (_bytes + length > (droppable ? Capacity * 3 / 4 : Capacity))
        {
            return default;
        }

        if (_offset + length > BufferBytes)
        {
            _offset = 0;
        }

        _reserved = length;
        return _buffer.AsSpan(_offset, length);
    }

    public void Commit()
    {
        _lastRecordAt = Latest(from.Now.AddMilliseconds(random.Next(MaxRecordDelay + 1)), _lastRecordAt, _lastMessageAt);
        _records.Enqueue((_lastRecordAt, _offset, _reserved));
        Records[_buffer[_offset]]++;
        _offset += _reserved;
        _bytes += _reserved;
    }

    public void Post(RelayMessage message)
    {
        _lastMessageAt = Latest(from.Now.AddMilliseconds(random.Next(MaxMessageDelay + 1)), _lastMessageAt);
        _messages.Enqueue((_lastMessageAt, message));
        Posted.Add(message);
    }

    /// <summary>Hands over what has come by now, messages first. False when there was nothing.</summary>
    public bool Deliver()
    {
        var any = false;
        while (_messages.TryPeek(out var message) && message.At <= to.Now)
        {
            any = true;
            _messages.Dequeue();
            to.Apply(message.Message);
        }

        while (_records.TryPeek(out var record) && record.At <= to.Now)
        {
            any = true;
            _records.Dequeue();
            _bytes -= record.Length;
            to.Router.OnRelayRecord(from.Shard, _buffer.AsSpan(record.Offset, record.Length), to.Now);
        }

        return any;
    }

    private static MonotonicTime Latest(MonotonicTime a, MonotonicTime b, MonotonicTime c = default) =>
        new(Math.Max(a.Microseconds, Math.Max(b.Microseconds, c.Microseconds)));
}
