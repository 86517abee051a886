using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Speakers;

/// <summary>
/// Who speaks in a room, loudest first. The order has hysteresis: somebody overtakes only by being clearly louder, and not twice in a
/// second, so that neither tiles nor audio slots flap.
/// </summary>
internal sealed class SpeakerDetector(int silenceTimeoutMilliseconds)
{
    private const float OvertakeBy = 6;
    private const long OvertakeIntervalMicroseconds = 1_000_000;

    private readonly List<Publication> _speakers = [];
    private MonotonicTime _overtakenAt;

    public List<Publication> Speakers => _speakers;

    /// <summary>True when the list has changed.</summary>
    public bool Update(List<Publication> candidates, MonotonicTime now)
    {
        var changed = false;
        foreach (var candidate in candidates)
        {
            if (candidate.Activity.Update(silenceTimeoutMilliseconds, now))
            {
                changed = true;
                if (candidate.Activity.IsSpeaking)
                {
                    Insert(candidate);
                }
                else
                {
                    _speakers.Remove(candidate);
                }
            }
        }

        return Overtake(now) || changed;
    }

    /// <summary>True when the publication was among the speakers.</summary>
    public bool Remove(Publication publication) => _speakers.Remove(publication);

    /// <summary>A publication that comes from another room may be speaking already.</summary>
    public bool Add(Publication publication)
    {
        if (!publication.Activity.IsSpeaking || _speakers.Contains(publication))
        {
            return false;
        }

        Insert(publication);
        return true;
    }

    private void Insert(Publication speaker)
    {
        var index = _speakers.Count;
        while (index > 0 && speaker.Activity.Loudness > _speakers[index - 1].Activity.Loudness + OvertakeBy)
        {
            index--;
        }

        _speakers.Insert(index, speaker);
    }

    private bool Overtake(MonotonicTime now)
    {
        if (now - _overtakenAt < OvertakeIntervalMicroseconds)
        {
            return false;
        }

        for (var i = 1; i < _speakers.Count; i++)
        {
            if (_speakers[i].Activity.Loudness > _speakers[i - 1].Activity.Loudness + OvertakeBy)
            {
                (_speakers[i - 1], _speakers[i]) = (_speakers[i], _speakers[i - 1]);
                _overtakenAt = now;
                return true;
            }
        }

        return false;
    }
}
