using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Sdp;

/// <summary>What the answering side brings along.</summary>
public sealed record AnswerPolicy
{
    /// <summary>Used for a new transport and for an ICE restart.</summary>
    public required IceCredentials LocalIce { get; init; }

    public required DtlsFingerprint LocalFingerprint { get; init; }

    /// <summary>Host candidates, best first, UDP before TCP listeners.</summary>
    public required IReadOnlyList<TransportAddress> Candidates { get; init; }

    /// <summary>Gives SSRCs that are unique on the transport.</summary>
    public required Func<uint> NextSsrc { get; init; }

    public int MaxVideoSlots { get; init; } = 49;

    public int MaxAudioSlots { get; init; } = 3;

    /// <summary>RTCP canonical name of the slots' streams.</summary>
    public string Cname { get; init; } = "mediaserver";

    /// <summary>Version of the answer's o= line; grows with each renegotiation.</summary>
    public long SessionVersion { get; init; } = 1;
}

/// <summary>
/// Either <paramref name="Sdp"/> and <paramref name="Transport"/>, or <paramref name="ErrorCode"/> ("sdp_invalid", "sdp_unsupported") and a text for people.
/// </summary>
public sealed record OfferAnswerResult(string? Sdp, NegotiatedTransport? Transport, string? ErrorCode, string? ErrorMessage)
{
    public static OfferAnswerResult Invalid(string message) => new(null, null, "sdp_invalid", message);

    public static OfferAnswerResult Unsupported(string message) => new(null, null, "sdp_unsupported", message);
}
