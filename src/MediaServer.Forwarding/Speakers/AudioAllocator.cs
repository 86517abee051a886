using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Subscriptions;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Speakers;

/// <summary>
/// Fills a transport's audio slots. Sticky: while there are slots for everybody, everybody keeps one, and a voice is never interrupted:
/// a slot is given away only when its publication is muted, or silent and not among the top speakers.
/// </summary>
internal static class AudioAllocator
{
    public static void Allocate(Room room, PeerTransport subscriber, MonotonicTime now)
    {
        if (subscriber.AudioSlots.Count == 0)
        {
            return;
        }

        var remaining = subscriber.AudioSlots.Count;
        foreach (var speaker in room.Speakers)
        {
            if (remaining == 0)
            {
                break;
            }

            if (IsCandidate(speaker, subscriber))
            {
                remaining--;
                if (!IsHeard(speaker, subscriber) && FindSlot(subscriber, room) is { } slot)
                {
                    slot.Fill(speaker, now);
                }
            }
        }

        var empty = FindEmpty(subscriber);
        for (var i = 0; empty is not null && i < room.Audio.Count; i++)
        {
            var publication = room.Audio[i];
            if (IsCandidate(publication, subscriber) && !IsHeard(publication, subscriber))
            {
                empty.Fill(publication, now);
                empty = FindEmpty(subscriber);
            }
        }
    }

    private static bool IsCandidate(Publication publication, PeerTransport subscriber) =>
        publication.Transport != subscriber && publication.IsGateOpen && publication.Activity.HasPackets;

    private static bool IsHeard(Publication publication, PeerTransport subscriber)
    {
        foreach (var slot in subscriber.AudioSlots)
        {
            if (slot.Source == publication)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A slot without a source, else one whose source is muted: who unmutes finds another, or gets one by speaking.</summary>
    private static AudioSlot? FindEmpty(PeerTransport subscriber)
    {
        AudioSlot? muted = null;
        foreach (var slot in subscriber.AudioSlots)
        {
            if (slot.Source is null)
            {
                return slot;
            }

            if (!slot.Source.IsGateOpen)
            {
                muted ??= slot;
            }
        }

        return muted;
    }

    private static AudioSlot? FindSlot(PeerTransport subscriber, Room room)
    {
        if (FindEmpty(subscriber) is { } empty)
        {
            return empty;
        }

        AudioSlot? quietest = null;
        foreach (var slot in subscriber.AudioSlots)
        {
            // Who speaks at all is in the list of speakers; the others have been silent for the silence timeout.
            if (!room.Speakers.Contains(slot.Source!)
                && (quietest is null || slot.Source!.Activity.Loudness < quietest.Source!.Activity.Loudness))
            {
                quietest = slot;
            }
        }

        return quietest;
    }
}
