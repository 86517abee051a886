namespace MediaServer.Protocol.Primitives;

/// <summary>What a datagram carries, most urgent first. Where a way out is narrow, what is urgent goes first and video is what is dropped.</summary>
public enum TrafficClass
{
    /// <summary>STUN, DTLS, RTCP.</summary>
    Control,

    Audio,

    Video,
}
