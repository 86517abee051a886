using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Speakers;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>Whoever a publication comes from: a peer connection of this shard, or the relay from the shard that has the peer connection.</summary>
internal interface IPublisher
{
    TransportId Id { get; }

    /// <summary>Goes out as CSRC with this participant's audio.</summary>
    uint SpeakerNumber { get; }

    Room Room { get; }

    PublisherClock Clock { get; }

    /// <summary>Asks for a key frame of <paramref name="layer"/>, now or as soon as its limit allows.</summary>
    void RequestKeyFrame(PublicationLayer layer, MonotonicTime now);

    /// <summary>Layers of <paramref name="publication"/> (a bit each) have become wanted or unwanted here.</summary>
    void OnLayersWanted(Publication publication, int layers, MonotonicTime now);
}
