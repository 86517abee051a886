using System.Collections.Immutable;
using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Relays;

/// <summary>One publication on its way to one other shard: one copy of each layer that is wanted there.</summary>
internal sealed class RelayExport : IPacketSubscriber
{
    private const int AllLayers = -1;

    private readonly RouterContext _context;
    private readonly IRelayLink _link;
    private readonly LastState[] _states;

    /// <summary>Layers that lost a packet to a full link: they go on at a key frame, for what comes before it cannot be decoded.</summary>
    private int _interrupted;
    private int _layers = AllLayers;

    public RelayExport(RouterContext context, IRelayLink link, int shard, int key, Publication publication)
    {
        _context = context;
        _link = link;
        Shard = shard;
        Key = key;
        Publication = publication;
        _states = new LastState[publication.Layers.Length];
    }

    /// <summary>Where it goes.</summary>
    public int Shard { get; }

    public int Key { get; }

    public Publication Publication { get; }

    public bool IsEnded { get; private set; }

    /// <summary>Tells the other shard what comes.</summary>
    public void Begin(MonotonicTime now)
    {
        var layers = ImmutableArray.CreateBuilder<RelayedLayerState>(_states.Length);
        foreach (var layer in Publication.Layers)
        {
            layers.Add(StateOf(layer, now));
            _states[layer.Index] = new LastState(layer, Publication.Publisher, now);
        }

        Describe(layers.MoveToImmutable());
    }

    public void SetLayers(int layers, MonotonicTime now)
    {
        _layers = layers;
        Want(now);
    }

    public bool Wants(PublicationLayer layer) => (_layers & Bit(layer)) != 0;

    public void OnPacket(PublicationLayer layer, in MediaPacket packet, MonotonicTime now)
    {
        var bit = Bit(layer);
        if ((_interrupted & bit) != 0 && !packet.StartsKeyFrame)
        {
            _context.Drops.Count(DropReason.RelayFull);
            return;
        }

        var header = new RelayRecordHeader
        {
            Kind = RelayRecordKind.Packet,
            Layer = (byte)layer.Index,
            Key = Key,
            Generation = layer.Generation,
            Sequence = packet.Sequence,
            ReceivedAt = now.Microseconds,
        };
        if (RelayRecord.TryWrite(_link, header, packet.Bytes, Publication.IsVideo))
        {
            _interrupted &= ~bit;
            return;
        }

        _context.Drops.Count(DropReason.RelayFull);
        if (Publication.IsVideo)
        {
            _interrupted |= bit;
        }
    }

    public void OnSkipped(PublicationLayer layer, long sequence)
    {
        var header = new RelayRecordHeader
        {
            Kind = RelayRecordKind.Skipped,
            Layer = (byte)layer.Index,
            Key = Key,
            Generation = layer.Generation,
            Sequence = sequence,
        };
        RelayRecord.TryWrite(_link, header, default, Publication.IsVideo);
    }

    public void OnUpdated() => Describe([]);

    public void OnGate(bool isOpen) => _link.Post(new RelayGate(_context.Shard, Key, isOpen));

    public void OnEnded(bool closed)
    {
        if (!IsEnded)
        {
            IsEnded = true;
            Publication.Subscribers.Remove(this);
            _context.Exports.Remove(this);
            _link.Post(new RelayEnded(_context.Shard, Key, closed));
        }
    }

    /// <summary>Tells what has changed of the layers, and everything now and then, for a record may be lost.</summary>
    public void Tick(MonotonicTime now)
    {
        Want(now);
        foreach (var layer in Publication.Layers)
        {
            var state = new LastState(layer, Publication.Publisher, now);
            ref var last = ref _states[layer.Index];
            if (state with { At = last.At } != last || now - last.At >= _context.Options.RelayStateInterval * 1000L)
            {
                var header = new RelayRecordHeader
                {
                    Kind = RelayRecordKind.LayerState,
                    Layer = (byte)layer.Index,
                    Key = Key,
                    Generation = layer.Generation,
                };
                if (RelayRecord.TryWrite(_link, header, StateOf(layer, now)))
                {
                    last = state;
                }
            }

            if ((_interrupted & Bit(layer)) != 0)
            {
                Publication.Publisher.RequestKeyFrame(layer, now);
            }
        }
    }

    private void Describe(ImmutableArray<RelayedLayerState> layers)
    {
        var publisher = Publication.Publisher;
        _link.Post(new PublicationRelayed(
            _context.Shard, Key, Publication.Id, publisher.Room.Id, publisher.SpeakerNumber, Publication.Media, Publication.IsGateOpen,
            Publication.Activity.Loudness, layers));
    }

    /// <summary>What the other shard's slots use is wanted here.</summary>
    private void Want(MonotonicTime now)
    {
        if (Publication.IsVideo)
        {
            Publication.Want(_layers & ((1 << Publication.Layers.Length) - 1), now);
        }
    }

    private static int Bit(PublicationLayer layer) => 1 << layer.Index;

    private RelayedLayerState StateOf(PublicationLayer layer, MonotonicTime now)
    {
        var clock = Publication.Publisher.Clock;
        return new RelayedLayerState(
            layer.Generation, layer.HasPackets, now - layer.LastPacketAt, layer.Height, layer.Bitrate.BitsPerSecond,
            layer.Clock.IsKnown, layer.Clock.Ntp, layer.Clock.Timestamp, clock.IsKnown, clock.Offset);
    }

    /// <summary>What of a layer's state is worth a record as soon as it changes.</summary>
    private readonly record struct LastState(int Generation, bool IsActive, int Height, ulong ReportNtp, ulong ClockOffset, MonotonicTime At)
    {
        public LastState(PublicationLayer layer, IPublisher publisher, MonotonicTime now)
            : this(layer.Generation, layer.IsActive(now), layer.Height, layer.Clock.Ntp, publisher.Clock.Offset, now)
        {
        }
    }
}
