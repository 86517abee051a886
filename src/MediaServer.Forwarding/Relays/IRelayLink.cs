namespace MediaServer.Forwarding.Relays;

/// <summary>The ways from one router to the others of the same meetings.</summary>
public interface IRelayLinks
{
    /// <summary>How many routers there are, this one included; they are numbered from 0.</summary>
    int Count { get; }

    IRelayLink To(int shard);
}

/// <summary>
/// The way from one router to one other. What must arrive is posted; what may be lost is written as a record. A message that was posted
/// before a record is applied before it; a message may overtake records. So an end or a closed gate is never late, and a record whose key
/// is not known has come too late.
/// </summary>
public interface IRelayLink
{
    /// <summary>
    /// Room for one record of <paramref name="length"/> bytes; empty when the link is full. Full comes earlier for what is
    /// <paramref name="droppable"/>, so that voices get through when pictures do not. Write, then <see cref="Commit"/>.
    /// </summary>
    Span<byte> Reserve(int length, bool droppable);

    /// <summary>Sends the reserved record, with the others at the sender's next flush.</summary>
    void Commit();

    /// <summary>Reliable and in order; rare, so it may allocate.</summary>
    void Post(RelayMessage message);
}
