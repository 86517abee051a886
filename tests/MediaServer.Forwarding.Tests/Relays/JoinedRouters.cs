using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Relays;
using MediaServer.Forwarding.Tests.Harness;

namespace MediaServer.Forwarding.Tests.Relays;

/// <summary>Several routers on one virtual clock, joined by relays.</summary>
internal sealed class JoinedRouters
{
    private readonly RouterHarness[] _routers;
    private readonly MemoryLink[,] _links;

    public JoinedRouters(int count, int seed = 1, int maxMessageDelay = 0, int maxRecordDelay = 0, MediaRouterOptions? options = null)
    {
        var random = new Random(seed);
        _routers = [.. Enumerable.Range(0, count).Select(shard => new RouterHarness(options, shard))];
        _links = new MemoryLink[count, count];
        for (var from = 0; from < count; from++)
        {
            for (var to = 0; to < count; to++)
            {
                _links[from, to] = new MemoryLink(_routers[from], _routers[to], random)
                {
                    MaxMessageDelay = maxMessageDelay,
                    MaxRecordDelay = maxRecordDelay,
                };
            }

            _routers[from].Router.Connect(from, new Links(this, from));
        }
    }

    public IReadOnlyList<RouterHarness> Routers => _routers;

    public RouterHarness this[int shard] => _routers[shard];

    public MemoryLink Link(int from, int to) => _links[from, to];

    /// <summary>Everything that is due now, back and forth, until nothing is.</summary>
    public void Deliver()
    {
        bool any;
        do
        {
            any = false;
            foreach (var link in _links)
            {
                any |= link.Deliver();
            }
        }
        while (any);
    }

    public void Advance(int milliseconds)
    {
        Deliver();
        for (var i = 0; i < milliseconds; i++)
        {
            foreach (var router in _routers)
            {
                router.Advance(1);
            }

            Deliver();
        }
    }

    /// <summary>Assigns a slot and lets the wish travel.</summary>
    public void Show(TestPeer subscriber, TestPeer? publisher, int height = 720, string slot = "v0", string mid = "camera")
    {
        subscriber.Harness.Show(subscriber, publisher, height, slot, mid);
        Deliver();
    }

    public List<T> Take<T>()
        where T : MediaEvent => [.. _routers.SelectMany(r => r.Take<T>())];

    private sealed class Links(JoinedRouters routers, int from) : IRelayLinks
    {
        public int Count => routers._routers.Length;

        public IRelayLink To(int shard) => routers._links[from, shard];
    }
}
