using System.Collections.Immutable;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;

namespace MediaServer.Protocol.Sdp;

public enum MediaKind
{
    Audio,
    Video,
}

/// <summary>What an m-line carries, seen from this side.</summary>
public enum MediaFlow
{
    Inactive,

    /// <summary>The peer sends: on the server a publication.</summary>
    Receive,

    /// <summary>This side sends: on the server a slot.</summary>
    Send,
}

public enum MediaCodec
{
    Opus,
    Vp8,
    H264,
}

/// <summary>One codec of an m-line. <paramref name="RtxPayloadType"/> is null when RFC 4588 retransmission was not negotiated.</summary>
public sealed record NegotiatedCodec(MediaCodec Codec, byte PayloadType, byte? RtxPayloadType, int ClockRate, string FormatParameters);

/// <summary>RFC 8285 ids of the extensions in use on an m-line, 0 where not negotiated.</summary>
public sealed record HeaderExtensionIds(
    byte Mid = 0,
    byte Rid = 0,
    byte RepairedRid = 0,
    byte AudioLevel = 0,
    byte TransportSequenceNumber = 0,
    byte AbsoluteSendTime = 0,
    byte VideoOrientation = 0);

/// <summary>
/// One m-line after offer/answer. For <see cref="MediaFlow.Receive"/>: <paramref name="Rids"/> lists the simulcast layers, lowest first
/// (empty without simulcast), <paramref name="RemoteSsrcs"/> the SSRCs that the peer signalled (may be empty) and <paramref name="RemoteRtxSsrcs"/> their
/// RTX partners by index (0 where none). For <see cref="MediaFlow.Send"/>: <paramref name="SlotSsrc"/> and <paramref name="SlotRtxSsrc"/> are the fixed
/// SSRCs of the slot (RTX 0 for audio).
/// </summary>
public sealed record NegotiatedMedia(
    string Mid,
    MediaKind Kind,
    MediaFlow Flow,
    ImmutableArray<NegotiatedCodec> Codecs,
    HeaderExtensionIds Extensions,
    ImmutableArray<string> Rids,
    ImmutableArray<uint> RemoteSsrcs,
    ImmutableArray<uint> RemoteRtxSsrcs,
    uint SlotSsrc,
    uint SlotRtxSsrc);

/// <summary>Everything the media plane needs to know of one peer connection: one BUNDLE group, rtcp-mux.</summary>
public sealed record NegotiatedTransport(
    IceCredentials LocalIce,
    IceCredentials RemoteIce,
    DtlsRole LocalDtlsRole,
    DtlsFingerprint RemoteFingerprint,
    ImmutableArray<NegotiatedMedia> Media);
