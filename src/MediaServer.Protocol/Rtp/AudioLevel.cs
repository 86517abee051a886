namespace MediaServer.Protocol.Rtp;

/// <summary>Client-to-mixer audio level (RFC 6464 section 3): one byte, V flag and level in -dBov.</summary>
public static class AudioLevel
{
    /// <summary>What silence reports.</summary>
    public const int Silence = 127;

    /// <param name="value">The extension element.</param>
    /// <param name="voice">The sender's voice detector says speech.</param>
    /// <param name="levelDbov">0 loudest to 127 silence.</param>
    public static bool TryRead(ReadOnlySpan<byte> value, out bool voice, out int levelDbov)
    {
        if (value.IsEmpty)
        {
            voice = false;
            levelDbov = Silence;
            return false;
        }

        voice = (value[0] & 0x80) != 0;
        levelDbov = value[0] & 0x7F;
        return true;
    }
}
