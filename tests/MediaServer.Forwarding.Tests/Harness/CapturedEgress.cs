using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>Keeps what the router sends, until the addressee takes it. Checks that reservations are used as the contract says.</summary>
internal sealed class CapturedEgress : IEgress
{
    private readonly byte[] _buffer = new byte[4096];
    private readonly Dictionary<TransportAddress, List<byte[]>> _sent = [];
    private TransportAddress _destination;
    private int _reserved = -1;

    /// <summary>Nothing can be reserved.</summary>
    public bool IsFull { get; set; }

    /// <summary>Counts only, without keeping (and so without allocating).</summary>
    public bool CountOnly { get; set; }

    public int Count { get; private set; }

    /// <summary>Who has proved to be there.</summary>
    public HashSet<TransportAddress> Bound { get; } = [];

    /// <summary>To whom datagrams went, in order.</summary>
    public List<TransportAddress> Order { get; } = [];

    public Span<byte> Reserve(in TransportAddress destination, int maxLength)
    {
        Expect(_reserved == -1, "one reservation is open at a time");
        if (IsFull)
        {
            return default;
        }

        _destination = destination;
        _reserved = maxLength;
        return _buffer.AsSpan(0, maxLength);
    }

    public void Commit(int length)
    {
        Expect(length >= 0 && length <= _reserved, "no more is committed than was reserved");
        _reserved = -1;
        if (length == 0)
        {
            return;
        }

        Count++;
        if (!CountOnly)
        {
            if (!_sent.TryGetValue(_destination, out var datagrams))
            {
                _sent[_destination] = datagrams = [];
            }

            datagrams.Add(_buffer[..length]);
            Order.Add(_destination);
        }
    }

    public void Bind(in TransportAddress address) => Expect(Bound.Add(address), "an address is bound once");

    public void Release(in TransportAddress address) => Expect(Bound.Remove(address), "only what is bound is released");

    /// <summary>xunit's assertions allocate; this stands in the measured path.</summary>
    private static void Expect(bool condition, string rule)
    {
        if (!condition)
        {
            Assert.Fail(rule);
        }
    }

    public List<byte[]> Take(TransportAddress to) => _sent.Remove(to, out var datagrams) ? datagrams : [];
}
