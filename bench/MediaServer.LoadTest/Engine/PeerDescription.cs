using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Engine;

/// <summary>What offer and answer have settled, as far as a virtual peer needs it.</summary>
internal sealed record PeerDescription
{
    public required IceCredentials LocalIce { get; init; }

    public required IceCredentials RemoteIce { get; init; }

    public required DtlsFingerprint RemoteFingerprint { get; init; }

    /// <summary>UDP candidates of the server, best first.</summary>
    public required IReadOnlyList<TransportAddress> Candidates { get; init; }

    /// <summary>False: the server sends checks of its own, which want answers.</summary>
    public bool RemoteIsLite { get; init; } = true;

    /// <summary>The media streams that the server may send, by SSRC.</summary>
    public required IReadOnlyDictionary<uint, MediaKind> Streams { get; init; }

    /// <summary>RFC 8285 id of the transport-wide sequence number in what the server sends; 0 when not negotiated.</summary>
    public byte TransportSequenceId { get; init; }

    /// <summary>Milliseconds between two transport-cc feedback packets; 0 sends none.</summary>
    public int FeedbackMilliseconds { get; init; } = 100;
}
