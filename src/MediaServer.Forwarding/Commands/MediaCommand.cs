using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Commands;

/// <summary>
/// A room in which people hear and see each other; a meeting's main room or one of its breakout rooms. Its home shard knows which shards
/// have members of it, and tells who speaks.
/// </summary>
public readonly record struct RoomId(long Value)
{
    public int HomeShard => ShardPrefix.ShardOf(Value);

    public static RoomId On(int homeShard, long number) => new(ShardPrefix.Compose(homeShard, number));
}

/// <summary>One peer connection; given out by the control plane, unique in the process. The id says which shard has it.</summary>
public readonly record struct TransportId(long Value)
{
    public int Shard => ShardPrefix.ShardOf(Value);

    public static TransportId On(int shard, long number) => new(ShardPrefix.Compose(shard, number));
}

/// <summary>What one transport publishes on one m-line.</summary>
public readonly record struct PublicationId(TransportId Transport, string Mid);

/// <summary>What the control plane tells a shard. Commands are applied in the order in which they were posted.</summary>
public abstract record MediaCommand;

/// <summary>A new peer connection; <paramref name="SpeakerNumber"/> goes out as CSRC when this peer's audio fills a slot.</summary>
public sealed record OpenTransport(TransportId Transport, RoomId Room, uint SpeakerNumber, NegotiatedTransport Media) : MediaCommand;

/// <summary>A renegotiation by that peer itself: more slots, or an ICE restart. Publications and slots that stay keep their state.</summary>
public sealed record UpdateTransport(TransportId Transport, NegotiatedTransport Media) : MediaCommand;

public sealed record CloseTransport(TransportId Transport) : MediaCommand;

/// <summary>The participant goes on in another room: its publications and slots follow, without ICE, DTLS or SDP.</summary>
public sealed record MoveTransport(TransportId Transport, RoomId Room) : MediaCommand;

/// <summary>
/// Fills a video slot. <paramref name="Publication"/> null empties it. <paramref name="MaxHeight"/> is the tile's height in pixels: the server
/// chooses the smallest simulcast layer that covers it. A higher <paramref name="Priority"/> is served first when bandwidth is short.
/// </summary>
public sealed record AssignSlot(TransportId Subscriber, string SlotMid, PublicationId? Publication, int MaxHeight, int Priority) : MediaCommand;

/// <summary>A closed gate stops a publication before fan-out (moderator's or own mute).</summary>
public sealed record SetGate(PublicationId Publication, bool Open) : MediaCommand;
