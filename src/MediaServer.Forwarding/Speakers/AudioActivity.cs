using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Speakers;

/// <summary>How loud one audio publication is, and whether it counts as speech. Loudness is 127 minus the level of RFC 6464 (127 is loudest).</summary>
internal sealed class AudioActivity
{
    /// <summary>Assumed where the publisher sends no level: any packet is activity.</summary>
    public const int UnknownLoudness = 90;

    /// <summary>Speech starts above -50 dBov and ends below -60 dBov, so that a voice at the limit does not flap.</summary>
    public const float StartLoudness = 77;
    public const float StopLoudness = 67;

    private const float Attack = 0.3f;
    private const float Release = 0.05f;

    private MonotonicTime _lastLoudAt;

    public float Loudness { get; private set; }

    public bool IsSpeaking { get; private set; }

    public bool HasPackets { get; private set; }

    public MonotonicTime LastPacketAt { get; private set; }

    public void OnPacket(int loudness, MonotonicTime now)
    {
        HasPackets = true;
        LastPacketAt = now;
        Loudness += (loudness - Loudness) * (loudness > Loudness ? Attack : Release);
        if (Loudness >= StopLoudness)
        {
            _lastLoudAt = now;
        }
    }

    /// <summary>Goes on from what another shard has measured, so that a voice which is relayed because it speaks is not cut off again.</summary>
    public void Resume(float loudness, MonotonicTime now)
    {
        HasPackets = true;
        LastPacketAt = now;
        Loudness = loudness;
        if (Loudness >= StopLoudness)
        {
            _lastLoudAt = now;
        }
    }

    /// <summary>Applies the thresholds. True when the answer has changed.</summary>
    public bool Update(int silenceTimeoutMilliseconds, MonotonicTime now)
    {
        var was = IsSpeaking;
        if (!IsSpeaking)
        {
            IsSpeaking = HasPackets && Loudness >= StartLoudness && now - LastPacketAt < silenceTimeoutMilliseconds * 1000L;
        }
        else if (now - _lastLoudAt >= silenceTimeoutMilliseconds * 1000L)
        {
            IsSpeaking = false;
            Loudness = Math.Min(Loudness, StopLoudness);
        }

        return was != IsSpeaking;
    }

    /// <summary>False for a packet of silence that has lasted: listeners hear the same without it.</summary>
    public bool IsAudible(int loudness, int silenceTimeoutMilliseconds, MonotonicTime now) =>
        loudness >= StopLoudness || now - _lastLoudAt < silenceTimeoutMilliseconds * 1000L;

    /// <summary>Muted: silent at once.</summary>
    public void Silence()
    {
        Loudness = 0;
        _lastLoudAt = new MonotonicTime(long.MinValue / 2);
    }
}
