using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Speakers;

/// <summary>
/// Fills a listener's audio slots. Sticky: while there are slots for everybody, everybody keeps one, and a voice is never interrupted:
/// a slot is given away only when its publication is muted, or silent and not among the top speakers.
/// </summary>
internal static class AudioAllocator
{
    private const int None = -1;

    public static void Allocate(Room room, IAudioListener listener, MonotonicTime now)
    {
        if (listener.AudioSlotCount == 0)
        {
            return;
        }

        var remaining = listener.AudioSlotCount;
        foreach (var speaker in room.Speakers)
        {
            if (remaining == 0)
            {
                break;
            }

            if (IsCandidate(speaker, listener))
            {
                remaining--;
                if (!IsHeard(speaker, listener) && FindSlot(listener, room) is var slot and not None)
                {
                    listener.Hear(slot, speaker, now);
                }
            }
        }

        var empty = FindEmpty(listener);
        for (var i = 0; empty != None && i < room.Audio.Count; i++)
        {
            var publication = room.Audio[i];
            if (IsCandidate(publication, listener) && !IsHeard(publication, listener))
            {
                listener.Hear(empty, publication, now);
                empty = FindEmpty(listener);
            }
        }
    }

    private static bool IsCandidate(Publication publication, IAudioListener listener) =>
        publication.IsGateOpen && publication.Activity.HasPackets && listener.MayHear(publication);

    private static bool IsHeard(Publication publication, IAudioListener listener)
    {
        for (var i = 0; i < listener.AudioSlotCount; i++)
        {
            if (listener.HeardIn(i) == publication)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A slot without a source, else one whose source is muted: who unmutes finds another, or gets one by speaking.</summary>
    private static int FindEmpty(IAudioListener listener)
    {
        var muted = None;
        for (var i = 0; i < listener.AudioSlotCount; i++)
        {
            if (listener.HeardIn(i) is not { } heard)
            {
                return i;
            }

            if (muted == None && !heard.IsGateOpen)
            {
                muted = i;
            }
        }

        return muted;
    }

    private static int FindSlot(IAudioListener listener, Room room)
    {
        var empty = FindEmpty(listener);
        if (empty != None)
        {
            return empty;
        }

        var quietest = None;
        for (var i = 0; i < listener.AudioSlotCount; i++)
        {
            // Who speaks at all is in the list of speakers; the others have been silent for the silence timeout.
            if (!room.Speakers.Contains(listener.HeardIn(i)!)
                && (quietest == None || listener.HeardIn(i)!.Activity.Loudness < listener.HeardIn(quietest)!.Activity.Loudness))
            {
                quietest = i;
            }
        }

        return quietest;
    }
}
