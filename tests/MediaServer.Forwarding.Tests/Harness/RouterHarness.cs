using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>A router on a virtual clock, with everything that it emits.</summary>
internal sealed class RouterHarness : IMediaEventSink
{
    public const long Room = 1;
    private const long WallClockAtZero = 1_800_000_000_000_000;

    public RouterHarness(MediaRouterOptions? options = null, int shard = 0)
    {
        Shard = shard;
        // Unless a test is about bandwidth, there is enough from the first moment.
        Options = options ?? new MediaRouterOptions { StartBitrate = 20_000_000 };
        Router = new MediaRouter(Options, new FakeDtlsFactory(), Egress, this, NtpAt, 7);
    }

    public int Shard { get; }

    public MediaRouterOptions Options { get; }

    public MediaRouter Router { get; }

    public CapturedEgress Egress { get; } = new();

    public List<MediaEvent> Events { get; } = [];

    public MonotonicTime Now { get; private set; } = MonotonicTime.FromMilliseconds(1000);

    public static ulong NtpAt(MonotonicTime now) => NtpTime.FromUnixMicroseconds(WallClockAtZero + now.Microseconds);

    public void OnMediaEvent(MediaEvent mediaEvent) => Events.Add(mediaEvent);

    public void Apply(MediaCommand command) => Router.Apply(command, Now);

    /// <summary>Lets time pass; the router is called at each of its deadlines.</summary>
    public void Advance(int milliseconds)
    {
        var end = Now.AddMilliseconds(milliseconds);
        while (Router.NextDeadline is var deadline && deadline <= end)
        {
            Now = deadline > Now ? deadline : Now.AddMicroseconds(1);
            Router.OnTimeout(Now);
        }

        Now = end;
    }

    public List<T> Take<T>()
        where T : MediaEvent
    {
        var taken = Events.OfType<T>().ToList();
        Events.RemoveAll(e => e is T);
        return taken;
    }

    /// <summary>A participant that is opened in <paramref name="room"/>, connected when <paramref name="connect"/>.</summary>
    public TestPeer Join(int id, long room = Room, bool connect = true, PeerShape? shape = null)
    {
        var peer = new TestPeer(this, id, shape ?? new PeerShape());
        Apply(new OpenTransport(peer.Id, new RoomId(room), (uint)(1000 + id), peer.Negotiated));
        if (connect)
        {
            peer.Connect();
        }

        return peer;
    }

    public void Show(TestPeer subscriber, TestPeer? publisher, int height = 720, string slot = "v0", string mid = "camera") =>
        Apply(new AssignSlot(subscriber.Id, slot, publisher is null ? null : new PublicationId(publisher.Id, mid), height, 0));
}
