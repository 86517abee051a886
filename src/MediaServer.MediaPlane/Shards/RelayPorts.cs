using MediaServer.Forwarding.Relays;

namespace MediaServer.MediaPlane.Shards;

/// <summary>One shard's ends of the links to and from all others.</summary>
internal sealed class RelayPorts : IRelayLinks
{
    /// <summary>Records of one link in one turn: a busy neighbour must not keep this shard from its own peers.</summary>
    private const int MaxRecordsPerTurn = 128;

    private readonly RelayLink?[] _out;
    private readonly RelayLink?[] _in;

    private RelayPorts(int shard, RelayLink?[,] links)
    {
        Shard = shard;
        Count = links.GetLength(0);
        _out = [.. Enumerable.Range(0, Count).Select(other => links[shard, other])];
        _in = [.. Enumerable.Range(0, Count).Select(other => links[other, shard])];
    }

    public int Shard { get; }

    public int Count { get; }

    /// <summary>Some records were left for the next turn.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Links between every two of the shards whose mailboxes these are; the ports of each.</summary>
    public static RelayPorts[] Join(IReadOnlyList<ShardMailbox> mailboxes, int ringBytes)
    {
        var links = new RelayLink?[mailboxes.Count, mailboxes.Count];
        for (var from = 0; from < mailboxes.Count; from++)
        {
            for (var to = 0; to < mailboxes.Count; to++)
            {
                links[from, to] = from == to ? null : new RelayLink(mailboxes[to], ringBytes);
            }
        }

        return [.. Enumerable.Range(0, mailboxes.Count).Select(shard => new RelayPorts(shard, links))];
    }

    public IRelayLink To(int shard) => LinkTo(shard) ?? throw new ArgumentOutOfRangeException(nameof(shard), shard, "A shard has no link to itself");

    public RelayLink? LinkTo(int shard) => _out[shard];

    /// <summary>Before the mailbox is emptied; see <see cref="RelayLink.Observe"/>.</summary>
    public void Observe()
    {
        foreach (var link in _in)
        {
            link?.Observe();
        }
    }

    /// <summary>After the mailbox was emptied.</summary>
    public void Read(IRelayReceiver receiver)
    {
        HasMore = false;
        for (var from = 0; from < _in.Length; from++)
        {
            if (_in[from] is { } link)
            {
                HasMore |= link.Read(receiver, from, MaxRecordsPerTurn);
            }
        }
    }

    public void Flush()
    {
        foreach (var link in _out)
        {
            link?.Flush();
        }
    }
}
