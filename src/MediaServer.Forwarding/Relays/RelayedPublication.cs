using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Speakers;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Relays;

/// <summary>
/// The stand-in for a publication of another shard, fed by the relay instead of a peer connection. Slots take from it as from any other;
/// it asks its shard for the layers that they use, and for key frames.
/// </summary>
internal sealed class RelayedPublication : IPublisher
{
    private const int AllLayers = -1;

    private readonly RouterContext _context;
    private readonly IRelayLink _link;
    private readonly int[] _generations;
    private int _layers = AllLayers;

    public RelayedPublication(RouterContext context, IRelayLink link, PublicationRelayed message, Room room, MonotonicTime now)
    {
        _context = context;
        _link = link;
        From = message.From;
        Key = message.Key;
        Id = message.Publication.Transport;
        SpeakerNumber = message.SpeakerNumber;
        Room = room;
        Publication = new Publication(context, this, message.Media);
        _generations = new int[Publication.Layers.Length];
        Update(message, now);
    }

    public int From { get; }

    public int Key { get; }

    public TransportId Id { get; }

    public uint SpeakerNumber { get; }

    public Room Room { get; }

    public PublisherClock Clock { get; } = new();

    public Publication Publication { get; }

    public void Update(PublicationRelayed message, MonotonicTime now)
    {
        Publication.Update(message.Media);
        Publication.SetGate(message.IsGateOpen, now);
        for (var i = 0; i < Math.Min(message.Layers.Length, _generations.Length); i++)
        {
            OnState(i, message.Layers[i], now);
        }
    }

    public void OnRecord(in RelayRecordHeader header, ReadOnlySpan<byte> body, MonotonicTime now)
    {
        if (header.Layer >= _generations.Length)
        {
            _context.Drops.Count(DropReason.RelayStale);
            return;
        }

        var layer = LayerOf(header.Layer, header.Generation);
        switch (header.Kind)
        {
            case RelayRecordKind.Packet:
                Publication.OnRelayed(layer, header.Sequence, body, now);
                return;

            case RelayRecordKind.Skipped:
                Publication.OnRelayedSkip(layer, header.Sequence, now);
                return;

            case RelayRecordKind.LayerState when RelayRecord.TryReadState(body, out var state):
                OnState(header.Layer, state, now);
                return;
        }
    }

    /// <summary>The layer is wanted from now on; the wish for its key frame goes to the publisher's shard once per interval.</summary>
    public void RequestKeyFrame(PublicationLayer layer, MonotonicTime now)
    {
        Want(_layers | (1 << layer.Index));
        layer.KeyFrames.Request();
        SendKeyFrameRequest(layer, now);
    }

    /// <summary>The publisher's shard is told of the layers that slots use, and adds up what all shards want.</summary>
    public void OnLayersWanted(Publication publication, int layers, MonotonicTime now) => ChooseLayers();

    /// <summary>Asks for the layers that slots use and for no others.</summary>
    public void ChooseLayers()
    {
        if (Publication.IsVideo)
        {
            Want(UsedLayers());
        }
    }

    public void Tick(MonotonicTime now)
    {
        Publication.ExpireDemand(now);
        ChooseLayers();
        foreach (var layer in Publication.Layers)
        {
            SendKeyFrameRequest(layer, now);
        }
    }

    /// <summary>Leaves its room and the slots that show it.</summary>
    public void End(bool closed)
    {
        Publication.LeaveSlots(closed);
        Room.Leave(Publication);
    }

    private PublicationLayer LayerOf(int index, int generation)
    {
        var layer = Publication.Layers[index];
        if (_generations[index] != generation)
        {
            _generations[index] = generation;
            layer.Restart(0);
        }

        return layer;
    }

    private void OnState(int index, in RelayedLayerState state, MonotonicTime now)
    {
        LayerOf(index, state.Generation).OnRelayed(state, now);
        if (state.HasClock)
        {
            Clock.Set(state.ClockOffset);
        }
    }

    private int UsedLayers()
    {
        var used = 0;
        var isKnown = false;
        foreach (var layer in Publication.Layers)
        {
            isKnown |= layer.HasPackets;
        }

        foreach (var slot in Publication.VideoSlots)
        {
            if (!isKnown)
            {
                // Which layers there will be shows with the first packets, which may well be the first key frame: take them all.
                return AllLayers;
            }

            used |= slot.CurrentLayer is { } current ? 1 << current.Index : 0;
            if (slot.TargetLayer is { } target)
            {
                // A first picture may come from a lower layer than the target.
                used |= slot.CurrentLayer is null ? (2 << target.Index) - 1 : 1 << target.Index;
            }
        }

        return used;
    }

    private void Want(int layers)
    {
        if (layers != _layers)
        {
            _layers = layers;
            _link.Post(new RelayLayers(_context.Shard, Key, layers));
        }
    }

    private void SendKeyFrameRequest(PublicationLayer layer, MonotonicTime now)
    {
        if (layer.KeyFrames.TryTake(now))
        {
            _link.Post(new RelayKeyFrame(_context.Shard, Key, layer.Index));
        }
    }
}
