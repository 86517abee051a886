namespace MediaServer.LoadTest.Engine;

/// <summary>What the engine counts over all peers. Written by the engine's thread.</summary>
internal sealed class EngineCounters
{
    public long MediaPacketsReceived { get; set; }

    public long MediaBytesReceived { get; set; }

    /// <summary>Retransmissions, padding: RTP under an SSRC that is no media stream.</summary>
    public long OtherRtpReceived { get; set; }

    public long RtcpReceived { get; set; }

    public long StunReceived { get; set; }

    public long Decrypted { get; set; }

    /// <summary>Sampled packets that did not decrypt: the server sent what nobody can read, or sent it twice.</summary>
    public long DecryptFailures { get; set; }

    public long MediaPacketsSent { get; set; }

    public long KeyFramesSent { get; set; }

    /// <summary>Picture loss indications and full intra requests that publishers got.</summary>
    public long KeyFrameRequests { get; set; }

    public long Retransmitted { get; set; }

    public long FeedbackSent { get; set; }

    /// <summary>What came to addresses that no participant has.</summary>
    public long UnsolicitedBytes { get; set; }

    /// <summary>The longest time that the engine's loop was late, in microseconds: high values mean that the generator is the limit.</summary>
    public long LongestLagMicroseconds { get; set; }

    public EngineCounters Copy() => (EngineCounters)MemberwiseClone();
}
