using System.Collections.Immutable;
using MediaServer.Forwarding;
using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;

namespace MediaServer.OpenSsl.Tests.Harness;

/// <summary>A router with real DTLS on a virtual clock, and what it sends to whom.</summary>
internal sealed class RouterWire : IEgress, IMediaEventSink
{
    private readonly byte[] _buffer = new byte[2048];
    private readonly Dictionary<TransportAddress, Queue<byte[]>> _sent = [];
    private TransportAddress _destination;

    public RouterWire(OpenSslDtlsSessionFactory dtls)
    {
        Dtls = dtls;
        Router = new MediaRouter(new MediaRouterOptions(), dtls, this, this, now => (ulong)now.Microseconds, 1);
    }

    public OpenSslDtlsSessionFactory Dtls { get; }

    public MediaRouter Router { get; }

    public MonotonicTime Now { get; set; } = MonotonicTime.FromMilliseconds(1_000);

    public List<MediaEvent> Events { get; } = [];

    /// <summary>The datagram, and the turn that the router wants for handshakes.</summary>
    public void Receive(TransportAddress from, byte[] datagram)
    {
        Router.OnDatagram(from, [.. datagram], Now);
        while (Router.NextDeadline < Now)
        {
            Router.OnTimeout(Now);
        }
    }

    public int SentTo(TransportAddress address) => _sent.TryGetValue(address, out var queue) ? queue.Count : 0;

    public bool TryTake(TransportAddress address, out byte[] datagram)
    {
        datagram = [];
        return _sent.TryGetValue(address, out var queue) && queue.TryDequeue(out datagram!);
    }

    /// <summary>Opens a transport that publishes and receives nothing; returns the server's credentials.</summary>
    public IceCredentials Open(long id, IceCredentials remote, DtlsFingerprint remoteFingerprint)
    {
        var local = new IceCredentials($"server{id}", $"server-password-of-{id:D8}");
        Router.Apply(
            new OpenTransport(new TransportId(id), new RoomId(1), (uint)id, new NegotiatedTransport(local, remote, DtlsRole.Server, remoteFingerprint, ImmutableArray<NegotiatedMedia>.Empty)),
            Now);
        return local;
    }

    public Span<byte> Reserve(in TransportAddress destination, int maxLength)
    {
        _destination = destination;
        return _buffer.AsSpan(0, maxLength);
    }

    public void Commit(int length)
    {
        if (length > 0)
        {
            (_sent.TryGetValue(_destination, out var queue) ? queue : _sent[_destination] = new Queue<byte[]>()).Enqueue(_buffer[..length]);
        }
    }

    public void OnMediaEvent(MediaEvent mediaEvent) => Events.Add(mediaEvent);
}
