namespace MediaServer.Protocol.Primitives;

/// <summary>Why a datagram or packet went no further. Every drop names one; each is counted and exported as a metric.</summary>
public enum DropReason
{
    None = 0,
    TooShort,
    UnknownFirstByte,
    UnknownAddress,
    StunMalformed,
    StunUnknownUsername,
    StunBadIntegrity,
    StunBadFingerprint,
    StunNotBindingRequest,
    DtlsBeforeIce,
    DtlsMalformed,
    DtlsFailed,
    HandshakeQueueFull,
    SrtpNotReady,
    SrtpAuthentication,
    SrtpReplay,
    RtpMalformed,
    RtpUnknownSsrc,
    RtpUnknownPayloadType,
    RtpDuplicate,
    RtpTooOld,
    RtcpMalformed,
    GateClosed,
    NoSubscriber,
    Silence,
    PayloadMalformed,
    EgressFull,

    /// <summary>A peer behind TCP reads too slowly: its video pauses.</summary>
    TcpBackPressure,

    TransportClosed,

    /// <summary>The link to another shard is full.</summary>
    RelayFull,

    /// <summary>Relayed here, but its room has been left or its publication has ended meanwhile.</summary>
    RelayStale,
}
