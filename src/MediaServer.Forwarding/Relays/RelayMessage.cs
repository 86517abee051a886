using System.Collections.Immutable;
using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Relays;

/// <summary>What one router tells another about relays; <paramref name="From"/> is the sender's shard.</summary>
public abstract record RelayMessage(int From) : MediaCommand;

/// <summary>To a room's home shard: the sender has members of it, or has none any more.</summary>
public sealed record RoomPresence(int From, RoomId Room, bool IsPresent) : RelayMessage(From);

/// <summary>From a room's home shard: where its voices are to go.</summary>
public sealed record RoomShards(int From, RoomId Room, ImmutableArray<int> Shards) : RelayMessage(From);

/// <summary>To the publisher's shard: the sender shows this video in this room, now or as soon as the publisher is there.</summary>
public sealed record PublicationWanted(int From, PublicationId Publication, RoomId Room) : RelayMessage(From);

public sealed record PublicationUnwanted(int From, PublicationId Publication, RoomId Room) : RelayMessage(From);

/// <summary>
/// From the publisher's shard: packets of this publication follow under <paramref name="Key"/>, which the sender gives to one stay of one
/// publication in one room and never again. The same key once more, without layers: it was negotiated anew. Loudness is of voices, 0-127.
/// </summary>
public sealed record PublicationRelayed(
    int From,
    int Key,
    PublicationId Publication,
    RoomId Room,
    uint SpeakerNumber,
    NegotiatedMedia Media,
    bool IsGateOpen,
    float Loudness,
    ImmutableArray<RelayedLayerState> Layers) : RelayMessage(From);

/// <summary>From the publisher's shard: no more packets under this key. <paramref name="IsClosed"/>: the publisher is gone for good.</summary>
public sealed record RelayEnded(int From, int Key, bool IsClosed) : RelayMessage(From);

/// <summary>From the publisher's shard: the gate moved.</summary>
public sealed record RelayGate(int From, int Key, bool IsOpen) : RelayMessage(From);

/// <summary>To the publisher's shard: relay these layers (a bit each) and no others. All of them until this comes.</summary>
public sealed record RelayLayers(int From, int Key, int Layers) : RelayMessage(From);

/// <summary>To the publisher's shard: somebody waits for a key frame.</summary>
public sealed record RelayKeyFrame(int From, int Key, int Layer) : RelayMessage(From);
