using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Dtls;

/// <summary>
/// The only way to a DTLS session: a datagram gets through only from an address that ICE has validated. So a ClientHello that
/// outruns the checks, or comes from elsewhere, cannot even create the session (CVE-2023-51443).
/// </summary>
public sealed class DtlsGate(IDtlsSessionFactory factory, DtlsFingerprint remote) : IDisposable
{
    private IDtlsSession? _session;
    private bool _closed;

    public DtlsState State => _closed ? DtlsState.Closed : _session?.State ?? DtlsState.New;

    public MonotonicTime NextDeadline => _closed ? MonotonicTime.Never : _session?.NextDeadline ?? MonotonicTime.Never;

    public SrtpKeyingMaterial? KeyingMaterial => _session?.KeyingMaterial;

    /// <summary>RFC 7983: first byte 20-63.</summary>
    public static bool IsDtls(ReadOnlySpan<byte> datagram) => datagram.Length >= 1 && datagram[0] is >= 20 and <= 63;

    /// <summary>
    /// False with <see cref="DropReason.DtlsBeforeIce"/>, <see cref="DropReason.DtlsMalformed"/>, <see cref="DropReason.TransportClosed"/>, or, when the
    /// handshake has failed, <see cref="DropReason.DtlsFailed"/>.
    /// </summary>
    public bool TryReceive(in TransportAddress from, ReadOnlySpan<byte> datagram, IceLiteAgent ice, MonotonicTime now, IDtlsOutput output, out DropReason reason)
    {
        if (!ice.IsValidated(from))
        {
            reason = DropReason.DtlsBeforeIce;
            return false;
        }

        // A record has a header of 13 bytes (RFC 6347 section 4.1).
        if (datagram.Length < 13 || !IsDtls(datagram))
        {
            reason = DropReason.DtlsMalformed;
            return false;
        }

        if (_closed)
        {
            reason = DropReason.TransportClosed;
            return false;
        }

        _session ??= factory.Create(DtlsRole.Server, remote);
        _session.Receive(datagram, now, output);
        reason = _session.State == DtlsState.Failed ? DropReason.DtlsFailed : DropReason.None;
        return reason == DropReason.None;
    }

    public void OnTimeout(MonotonicTime now, IDtlsOutput output)
    {
        if (!_closed)
        {
            _session?.OnTimeout(now, output);
        }
    }

    /// <summary>Sends close_notify when there is a session.</summary>
    public void Close(MonotonicTime now, IDtlsOutput output)
    {
        if (_closed)
        {
            return;
        }

        _session?.Close(now, output);
        _closed = true;
    }

    public void Dispose()
    {
        _closed = true;
        _session?.Dispose();
        _session = null;
    }
}
