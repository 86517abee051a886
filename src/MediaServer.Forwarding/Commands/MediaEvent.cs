using System.Collections.Immutable;

namespace MediaServer.Forwarding.Commands;

/// <summary>What a shard tells the control plane.</summary>
public abstract record MediaEvent;

public sealed record TransportConnected(TransportId Transport) : MediaEvent;

public enum TransportCloseReason
{
    /// <summary>The control plane asked for it.</summary>
    Requested,

    /// <summary>RFC 7675: no authenticated STUN request for 30 s.</summary>
    ConsentExpired,

    /// <summary>The peer sent DTLS close_notify.</summary>
    ClosedByPeer,

    HandshakeFailed,
}

public sealed record TransportClosed(TransportId Transport, TransportCloseReason Reason) : MediaEvent;

/// <summary>Who is speaking in a room now, loudest first. Sent only on change.</summary>
public sealed record SpeakersChanged(RoomId Room, ImmutableArray<PublicationId> Speakers) : MediaEvent;

/// <summary>
/// What fills a slot now; null when it is empty. Audio slots change with the speakers, video slots when the first key frame went out. A
/// <paramref name="Suspended"/> slot belongs to the publication but gets nothing at present, because the subscriber's bandwidth does not suffice.
/// </summary>
public sealed record SlotFilled(TransportId Subscriber, string SlotMid, PublicationId? Publication, bool Suspended = false) : MediaEvent;

/// <summary>
/// Which layers of a video publication somebody wants now: bit 0 of <paramref name="ActiveLayers"/> is the lowest. The publisher should send these and
/// no others. Sent only on change; in the beginning all are wanted.
/// </summary>
public sealed record LayersWanted(PublicationId Publication, int ActiveLayers) : MediaEvent;

/// <summary>Sent about every 2 s per transport. Loss is 0..1 over the interval; round trip in milliseconds, 0 when unknown.</summary>
public sealed record TransportQuality(TransportId Transport, double UplinkLoss, double DownlinkLoss, double RoundTripMs) : MediaEvent;
