using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>
/// One who takes a publication's packets, besides the slots, as they came from the publisher: plaintext, not rewritten, late and repaired
/// ones out of order. Called on the shard's thread: it copies what it wants to keep, and never waits. A closed gate stops packets before it.
/// </summary>
internal interface IPacketSubscriber
{
    /// <summary>Whether packets of <paramref name="layer"/> are handed over. Asked per packet; a layer that nobody wants need not be sent by its publisher.</summary>
    bool Wants(PublicationLayer layer);

    /// <summary>The packet lives until the call returns. A new <see cref="PublicationLayer.Generation"/> means that sequence numbers start anew.</summary>
    void OnPacket(PublicationLayer layer, in MediaPacket packet, MonotonicTime now);

    /// <summary>This number carries nothing (padding, an unknown payload): it is not a loss.</summary>
    void OnSkipped(PublicationLayer layer, long sequence);

    void OnGate(bool isOpen);

    /// <summary>The publication was negotiated anew: codecs and header extensions may be others.</summary>
    void OnUpdated();

    /// <summary>
    /// The publication left the room, or for good when <paramref name="closed"/>. The subscriber removes itself from
    /// <see cref="Publication.Subscribers"/>.
    /// </summary>
    void OnEnded(bool closed);
}
