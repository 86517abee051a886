namespace MediaServer.Protocol.Dtls;

/// <summary>A certificate fingerprint of SDP (RFC 8122): lower-case hash name ("sha-256") and upper-case colon-separated hex.</summary>
public sealed record DtlsFingerprint(string Algorithm, string Value);
