namespace MediaServer.Protocol.Codecs;

/// <summary>The table-of-contents byte of an Opus packet (RFC 6716 section 3.1).</summary>
public readonly struct OpusToc
{
    private OpusToc(int frameCount, int samplesPerFrame, bool stereo)
    {
        FrameCount = frameCount;
        SamplesPerFrame = samplesPerFrame;
        Stereo = stereo;
    }

    public int FrameCount { get; }

    /// <summary>At 48 kHz: 120 to 2880.</summary>
    public int SamplesPerFrame { get; }

    public bool Stereo { get; }

    /// <summary>Samples of the whole packet at 48 kHz; at most 5760 (120 ms).</summary>
    public int Samples => FrameCount * SamplesPerFrame;

    /// <summary>False for an empty packet, a missing frame count, or more than 120 ms.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out OpusToc toc)
    {
        toc = default;
        if (payload.IsEmpty)
        {
            return false;
        }

        var frames = (payload[0] & 3) switch
        {
            0 => 1,
            3 => payload.Length > 1 ? payload[1] & 0x3F : 0,
            _ => 2,
        };
        var samples = SamplesOf(payload[0] >> 3);
        if (frames == 0 || frames * samples > 5760)
        {
            return false;
        }

        toc = new OpusToc(frames, samples, (payload[0] & 4) != 0);
        return true;
    }

    private static int SamplesOf(int configuration) => configuration switch
    {
        < 12 => (configuration & 3) switch { 0 => 480, 1 => 960, 2 => 1920, _ => 2880 },
        < 16 => (configuration & 1) == 0 ? 480 : 960,
        _ => 120 << (configuration & 3),
    };
}
