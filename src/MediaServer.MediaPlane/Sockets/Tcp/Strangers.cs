using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Sockets.Tcp;

/// <summary>The connections that have not authenticated themselves, oldest first, and how many come from where.</summary>
internal sealed class Strangers(TcpLimits limits)
{
    private readonly Dictionary<ulong, int> _bySource = [];
    private TcpConnection? _newest;

    public int Count { get; private set; }

    public TcpConnection? Oldest { get; private set; }

    /// <summary>When the oldest has had its time.</summary>
    public MonotonicTime NextDeadline => Oldest?.Deadline ?? MonotonicTime.Never;

    public void Add(TcpConnection connection, MonotonicTime now)
    {
        connection.Deadline = now.AddMilliseconds(limits.StrangerTimeout);
        connection.Previous = _newest;
        connection.Next = null;
        if (_newest is null)
        {
            Oldest = connection;
        }
        else
        {
            _newest.Next = connection;
        }

        _newest = connection;
        Count++;
        var source = SourceOf(connection.Address);
        _bySource[source] = _bySource.GetValueOrDefault(source) + 1;
    }

    public void Remove(TcpConnection connection)
    {
        if (connection.Previous is null)
        {
            Oldest = connection.Next;
        }
        else
        {
            connection.Previous.Next = connection.Next;
        }

        if (connection.Next is null)
        {
            _newest = connection.Previous;
        }
        else
        {
            connection.Next.Previous = connection.Previous;
        }

        connection.Previous = null;
        connection.Next = null;
        Count--;
        var source = SourceOf(connection.Address);
        if (--_bySource[source] is var left && left > 0)
        {
            return;
        }

        _bySource.Remove(source);
    }

    /// <summary>Who must go after one more has come; null while there is room.</summary>
    public TcpConnection? Surplus(in TransportAddress newcomer)
    {
        var source = SourceOf(newcomer);
        if (_bySource.GetValueOrDefault(source) > limits.MaxStrangersPerSource)
        {
            var connection = Oldest;
            while (connection is not null && SourceOf(connection.Address) != source)
            {
                connection = connection.Next;
            }

            return connection;
        }

        return Count > limits.MaxStrangers ? Oldest : null;
    }

    /// <summary>An IPv6 host owns its /64; one IPv4 address may be a whole school.</summary>
    private static ulong SourceOf(in TransportAddress address) => address.IsIPv4 ? address.Low : address.High;
}
