namespace MediaServer.Protocol.Rtcp;

/// <summary>The RTCP packets that an SFU understands; the rest is <see cref="Other"/>.</summary>
public enum RtcpKind
{
    Other,

    /// <summary>PT 200, RFC 3550 section 6.4.1.</summary>
    SenderReport,

    /// <summary>PT 201, RFC 3550 section 6.4.2.</summary>
    ReceiverReport,

    /// <summary>PT 202, RFC 3550 section 6.5.</summary>
    SourceDescription,

    /// <summary>PT 203, RFC 3550 section 6.6.</summary>
    Bye,

    /// <summary>PT 205 FMT 1, RFC 4585 section 6.2.1.</summary>
    Nack,

    /// <summary>PT 205 FMT 15, draft-holmer-rmcat-transport-wide-cc-extensions-01.</summary>
    TransportFeedback,

    /// <summary>PT 206 FMT 1, RFC 4585 section 6.3.1.</summary>
    PictureLossIndication,

    /// <summary>PT 206 FMT 4, RFC 5104 section 4.3.1.</summary>
    FullIntraRequest,

    /// <summary>PT 206 FMT 15 with "REMB", draft-alvestrand-rmcat-remb-03.</summary>
    Remb,
}
