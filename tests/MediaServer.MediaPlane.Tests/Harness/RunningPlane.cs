using System.Collections.Concurrent;
using System.Net;
using MediaServer.Protocol.Dtls;

namespace MediaServer.MediaPlane.Tests.Harness;

/// <summary>A media plane on free ports with test routers, started.</summary>
internal sealed class RunningPlane : IDisposable
{
    public RunningPlane(int shards = 1, Action<Exception>? onBug = null, MediaPlaneOptions? options = null)
    {
        Options = (options ?? new MediaPlaneOptions()) with { BasePort = Ports.Free(shards), Shards = shards };
        Plane = new MediaPlane(
            Options,
            new DtlsFingerprint("sha-256", "AA"),
            (shard, egress, events) => Routers[shard] = new TestRouter(egress, events),
            onBug ?? Bugs.Enqueue);
        Plane.Start();
    }

    public MediaPlaneOptions Options { get; }

    public MediaPlane Plane { get; }

    public ConcurrentDictionary<int, TestRouter> Routers { get; } = new();

    public ConcurrentQueue<Exception> Bugs { get; } = new();

    public TestRouter Router => Routers[0];

    public IPEndPoint EndPoint(int shard = 0) => new(IPAddress.Loopback, Options.BasePort + shard);

    /// <summary>Sends and waits for the echo.</summary>
    public void AssertEchoes(Peer peer, int shard = 0)
    {
        byte[] datagram = [1, (byte)shard, 3];
        peer.Send(EndPoint(shard), datagram);
        Assert.Equal(datagram, peer.Receive(out var from));
        Assert.Equal(EndPoint(shard).Port, from.Port);
    }

    public void Dispose() => Plane.Dispose();
}
