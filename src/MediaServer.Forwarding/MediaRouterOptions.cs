namespace MediaServer.Forwarding;

/// <summary>The router's rules that can be tuned. Times are in milliseconds.</summary>
public sealed record MediaRouterOptions
{
    /// <summary>The CNAME of every slot (RFC 3550 section 6.5.1).</summary>
    public string Cname { get; init; } = "mediaserver";

    /// <summary>What REMB offers a publisher, in bits per second: enough for three simulcast layers of 720p.</summary>
    public ulong RembBitrate { get; init; } = 4_000_000;

    public int RembInterval { get; init; } = 500;

    public int TransportFeedbackInterval { get; init; } = 50;

    /// <summary>How often sender and receiver reports go out.</summary>
    public int ReportInterval { get; init; } = 1000;

    public int QualityInterval { get; init; } = 2000;

    /// <summary>How often missing packets and wanted key frames are looked at while there are some.</summary>
    public int RepairInterval { get; init; } = 10;

    /// <summary>How often a video slot looks for a better layer.</summary>
    public int LayerChoiceInterval { get; init; } = 100;

    /// <summary>At most one PLI per layer in this time, however many subscribers ask.</summary>
    public int KeyFrameRequestInterval { get; init; } = 500;

    /// <summary>Bits per second of video that are assumed to go through to a subscriber before anything has been measured.</summary>
    public long StartBitrate { get; init; } = 1_200_000;

    /// <summary>A layer that no slot has wanted for this long is switched off at its publisher.</summary>
    public int UnwantedLayerTimeout { get; init; } = 2000;

    /// <summary>A layer that has been switched on again is waited for this long before a lower one is taken.</summary>
    public int LayerWakeTimeout { get; init; } = 3000;

    /// <summary>A layer without a packet for this long has been switched off by its publisher.</summary>
    public int LayerTimeout { get; init; } = 1500;

    /// <summary>Bytes of recent packets kept per video layer for retransmission.</summary>
    public int PacketCacheBytes { get; init; } = 384 * 1024;

    /// <summary>
    /// How long, in microseconds, the packets of a video frame wait for its end, so that they leave together. Senders pace a large frame over
    /// several milliseconds: what has come by then goes.
    /// </summary>
    public int FrameHold { get; init; } = 2000;

    /// <summary>From so many people in a room on, a listener gets the packets of several speakers as one message.</summary>
    public int AudioGroupingMembers { get; init; } = 50;

    /// <summary>How long, in microseconds, a voice waits for the other speakers' in such a room: half the usual packet time (RFC 7587: 20 ms).</summary>
    public int AudioHold { get; init; } = 10_000;

    /// <summary>How many DTLS datagrams of unfinished handshakes are handled between two looks at the socket: about half a millisecond of work.</summary>
    public int HandshakesPerTurn { get; init; } = 2;

    public int SpeakerInterval { get; init; } = 100;

    /// <summary>How long somebody who has fallen silent still counts as a speaker.</summary>
    public int SilenceTimeout { get; init; } = 1200;

    /// <summary>How many speakers a <see cref="Commands.SpeakersChanged"/> names at most.</summary>
    public int MaxSpeakers { get; init; } = 8;

    /// <summary>
    /// How many of its own voices a shard relays to the room's other shards: as many as a participant has audio slots (three), so that every
    /// shard comes to the same speakers, and two more, so that who starts to speak is often there already.
    /// </summary>
    public int RelayedVoices { get; init; } = 5;

    /// <summary>How often a layer's state is relayed when nothing has changed.</summary>
    public int RelayStateInterval { get; init; } = 500;
}
