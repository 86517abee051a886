using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Speakers;

/// <summary>Who hears a few of a room's voices: a participant in its audio slots, or the relay to the other shards.</summary>
internal interface IAudioListener
{
    int AudioSlotCount { get; }

    Publication? HeardIn(int slot);

    void Hear(int slot, Publication publication, MonotonicTime now);

    bool MayHear(Publication publication);
}
