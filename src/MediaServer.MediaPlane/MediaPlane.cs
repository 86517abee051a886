using System.ComponentModel;
using System.Net;
using System.Threading.Channels;
using MediaServer.Forwarding;
using MediaServer.Forwarding.Commands;
using MediaServer.MediaPlane.Shards;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane;

/// <summary>Makes the router of shard <paramref name="shard"/>, which sends through <paramref name="egress"/> and tells <paramref name="events"/>.</summary>
public delegate IMediaRouter MediaRouterFactory(int shard, IEgress egress, IMediaEventSink events);

/// <summary>All shards of a process. Commands go in by <see cref="Post"/>, events come out of <see cref="Events"/>.</summary>
public sealed class MediaPlane : IMediaEventSink, IDisposable
{
    private readonly MediaPlaneOptions _options;
    private readonly Channel<MediaEvent> _events = Channel.CreateUnbounded<MediaEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly MediaShard[] _shards;
    private readonly MediaPlaneMetrics _metrics;

    /// <param name="options">Validated here.</param>
    /// <param name="localFingerprint">What SDP answers carry.</param>
    /// <param name="routers">Called once per shard.</param>
    /// <param name="onBug">Told of exceptions out of a router; the shard goes on.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    /// <exception cref="InvalidOperationException">A port is taken.</exception>
    public MediaPlane(MediaPlaneOptions options, DtlsFingerprint localFingerprint, MediaRouterFactory routers, Action<Exception> onBug)
    {
        options.Validate();
        _options = options;
        LocalFingerprint = localFingerprint;
        _shards = new MediaShard[options.ShardCount];
        try
        {
            for (var i = 0; i < _shards.Length; i++)
            {
                _shards[i] = OpenShard(i, routers, onBug);
            }
        }
        catch
        {
            DisposeShards();
            throw;
        }

        if (_shards.Length > 1)
        {
            var relays = RelayPorts.Join([.. _shards.Select(shard => shard.Mailbox)], options.RelayRingBytes);
            for (var i = 0; i < _shards.Length; i++)
            {
                _shards[i].Connect(relays[i]);
            }
        }

        _metrics = new MediaPlaneMetrics(_shards);
    }

    public DtlsFingerprint LocalFingerprint { get; }

    public ChannelReader<MediaEvent> Events => _events.Reader;

    public int ShardCount => _shards.Length;

    /// <summary>Exceptions out of routers since the start; anything but 0 is a bug.</summary>
    public long Bugs => _shards.Sum(shard => shard.Bugs);

    public void Start()
    {
        foreach (var shard in _shards)
        {
            shard.Start();
        }
    }

    public void Post(int shard, MediaCommand command) => _shards[shard].Post(command);

    /// <summary>ICE candidates of a shard, best first: UDP on each address, then TCP on each.</summary>
    public IReadOnlyList<TransportAddress> CandidatesOf(int shard)
    {
        var addresses = HostAddresses.Choose(_options, _shards[shard].IsIPv6).Select(a => TransportAddress.From(new IPEndPoint(a, _options.BasePort + shard))).ToList();
        return [.. _options.Udp ? addresses : [], .. _options.Tcp ? addresses.Select(a => a.OverTcp()) : []];
    }

    public void OnMediaEvent(MediaEvent mediaEvent) => _events.Writer.TryWrite(mediaEvent);

    public void Dispose()
    {
        _metrics.Dispose();
        DisposeShards();
        _events.Writer.TryComplete();
    }

    /// <summary>Those that were opened, when opening failed half-way.</summary>
    private void DisposeShards()
    {
        foreach (var shard in _shards)
        {
            shard?.Dispose();
        }
    }

    private MediaShard OpenShard(int number, MediaRouterFactory routers, Action<Exception> onBug)
    {
        var port = _options.BasePort + number;
        try
        {
            return new MediaShard(number, _options, routers, this, onBug);
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException(
                $"Port {port} ({(_options.Tcp ? "UDP and TCP" : "UDP")}) on {_options.ListenAddress} cannot be opened ({exception.Message}). Change MediaServer:Media:BasePort or stop what uses the port.", exception);
        }
    }
}
