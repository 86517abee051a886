using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Dtls;

/// <summary>RFC 8842: who sends the ClientHello. The server side of a call is always <see cref="Server"/> (setup:passive).</summary>
public enum DtlsRole
{
    Server,
    Client,
}

public enum DtlsState
{
    New,
    Handshaking,
    Connected,
    Closed,
    Failed,
}

/// <summary>Receives the datagrams that a DTLS session wants to send.</summary>
public interface IDtlsOutput
{
    void SendDtls(ReadOnlySpan<byte> datagram);
}

/// <summary>
/// One DTLS association as a pure machine: datagrams and time in, datagrams out. It never touches a socket and never blocks.
/// Malformed input moves no state and throws nothing.
/// </summary>
public interface IDtlsSession : IDisposable
{
    DtlsState State { get; }

    /// <summary>When <see cref="OnTimeout"/> wants to be called; <see cref="MonotonicTime.Never"/> when idle.</summary>
    MonotonicTime NextDeadline { get; }

    /// <summary>SRTP keys (RFC 5764 section 4.2). Null until <see cref="DtlsState.Connected"/> with a verified fingerprint.</summary>
    SrtpKeyingMaterial? KeyingMaterial { get; }

    /// <summary>Client role only: sends the first flight.</summary>
    void Start(MonotonicTime now, IDtlsOutput output);

    void Receive(ReadOnlySpan<byte> datagram, MonotonicTime now, IDtlsOutput output);

    void OnTimeout(MonotonicTime now, IDtlsOutput output);

    /// <summary>Sends close_notify.</summary>
    void Close(MonotonicTime now, IDtlsOutput output);
}

/// <summary>Creates sessions that share one self-signed ECDSA P-256 certificate.</summary>
public interface IDtlsSessionFactory
{
    DtlsFingerprint LocalFingerprint { get; }

    /// <param name="role">Which side of the handshake to play.</param>
    /// <param name="expectedRemote">The a=fingerprint of the peer's SDP; a certificate that does not match it fails the handshake.</param>
    IDtlsSession Create(DtlsRole role, DtlsFingerprint expectedRemote);
}
