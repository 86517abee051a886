using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Srtp;

namespace MediaServer.OpenSsl;

/// <summary>
/// DTLS on libssl over two memory BIOs. OpenSSL's own retransmission timer reads the wall clock, so it is put off for good and this
/// class repeats the last flight's datagrams itself, on the caller's clock.
/// </summary>
internal sealed unsafe class OpenSslDtlsSession : IDtlsSession
{
    private const string ExporterLabel = "EXTRACTOR-dtls_srtp";
    private readonly SslHandle _ssl;
    private readonly DtlsRole _role;
    private readonly DtlsFingerprint _expectedRemote;
    private readonly nint _incoming;
    private readonly nint _outgoing;
    private readonly OutgoingFlight _flight = new();
    private RetransmissionTimer _timer = new();

    public OpenSslDtlsSession(SslContextHandle context, DtlsRole role, DtlsFingerprint expectedRemote)
    {
        _role = role;
        _expectedRemote = expectedRemote;
        _ssl = LibSsl.SSL_new(context);
        OpenSslDtlsSessionFactory.Require(!_ssl.IsInvalid, "SSL_new");
        _incoming = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        _outgoing = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        LibSsl.SSL_set_bio(_ssl, _incoming, _outgoing);
        if (role == DtlsRole.Server)
        {
            LibSsl.SSL_set_accept_state(_ssl);
        }
        else
        {
            LibSsl.SSL_set_connect_state(_ssl);
        }

        LibSsl.SSL_ctrl(_ssl, LibSsl.CtrlSetMtu, OutgoingFlight.Mtu, 0);
        LibSsl.DTLS_set_timer_cb(_ssl, &NeverByItself);
    }

    public DtlsState State { get; private set; }

    public MonotonicTime NextDeadline => _timer.Deadline;

    public SrtpKeyingMaterial? KeyingMaterial { get; private set; }

    public void Start(MonotonicTime now, IDtlsOutput output)
    {
        if (_role == DtlsRole.Client && State == DtlsState.New)
        {
            Advance(now, output);
        }
    }

    public void Receive(ReadOnlySpan<byte> datagram, MonotonicTime now, IDtlsOutput output)
    {
        if (State is DtlsState.Closed or DtlsState.Failed || datagram.IsEmpty || !DtlsRecords.AreWellFormed(datagram))
        {
            return;
        }

        fixed (byte* data = datagram)
        {
            LibCrypto.BIO_write(_incoming, data, datagram.Length);
        }

        if (State == DtlsState.Connected)
        {
            var sent = Read(output);
            if (!sent && State == DtlsState.Connected && DtlsRecords.HoldFinished(datagram))
            {
                // The peer has not seen the last flight (RFC 6347 section 4.2.4), and its repeated Finished was a replay to OpenSSL.
                _flight.Repeat(output);
            }
        }
        else
        {
            Advance(now, output);
        }

        // What OpenSSL left must not be glued to the next datagram.
        LibCrypto.BIO_ctrl(_incoming, LibCrypto.BioCtrlReset, 0, 0);
    }

    public void OnTimeout(MonotonicTime now, IDtlsOutput output)
    {
        if (now < _timer.Deadline)
        {
            return;
        }

        if (State != DtlsState.Handshaking || !_timer.TryBackOff(now))
        {
            Fail();
            return;
        }

        _flight.Repeat(output);
    }

    public void Close(MonotonicTime now, IDtlsOutput output)
    {
        if (State == DtlsState.Connected)
        {
            LibSsl.SSL_shutdown(_ssl);
            LibCrypto.ERR_clear_error();
            SendPending(output, keep: false);
        }

        _timer.Stop();
        if (State != DtlsState.Failed)
        {
            State = DtlsState.Closed;
        }
    }

    public void Dispose() => _ssl.Dispose();

    /// <summary>DTLS_timer_cb: microseconds until OpenSSL would retransmit. An hour is never, for a handshake.</summary>
    [UnmanagedCallersOnly]
    private static uint NeverByItself(nint ssl, uint microseconds) => 3_600_000_000;

    private void Advance(MonotonicTime now, IDtlsOutput output)
    {
        State = DtlsState.Handshaking;
        LibCrypto.ERR_clear_error();
        var result = LibSsl.SSL_do_handshake(_ssl);
        var error = result == 1 ? 0 : LibSsl.SSL_get_error(_ssl, result);
        LibCrypto.ERR_clear_error();
        if (SendPending(output, keep: true))
        {
            _timer.Start(now);
        }

        if (result == 1)
        {
            Complete(output);
        }
        else if (error is not (LibSsl.ErrorWantRead or LibSsl.ErrorWantWrite))
        {
            Fail();
        }
    }

    private void Complete(IDtlsOutput output)
    {
        _timer.Stop();
        if (_role == DtlsRole.Client)
        {
            _flight.Clear();
        }

        if (!PeerMatchesFingerprint() || ExportKeys() is not { } keys)
        {
            Fail();
            return;
        }

        KeyingMaterial = keys;
        State = DtlsState.Connected;

        // A record behind the Finished in the same datagram waits in OpenSSL's buffer.
        Read(output);
    }

    /// <summary>Nothing is expected over DTLS but alerts and repeated handshake messages, which reading handles. True when something was sent.</summary>
    private bool Read(IDtlsOutput output)
    {
        const int scratchLength = 2048;
        var scratch = stackalloc byte[scratchLength];
        int result;
        do
        {
            LibCrypto.ERR_clear_error();
            result = LibSsl.SSL_read(_ssl, scratch, scratchLength);
        }
        while (result > 0);

        LibCrypto.ERR_clear_error();
        var sent = SendPending(output, keep: false);
        if ((LibSsl.SSL_get_shutdown(_ssl) & LibSsl.ReceivedShutdown) != 0)
        {
            // close_notify, or a fatal alert that was authenticated. Any other error may be a forger's work: media goes on without DTLS.
            State = DtlsState.Closed;
            _timer.Stop();
        }

        return sent;
    }

    private void Fail()
    {
        State = DtlsState.Failed;
        KeyingMaterial = null;
        _timer.Stop();
        _flight.Clear();
    }

    /// <summary>True when something was sent.</summary>
    private bool SendPending(IDtlsOutput output, bool keep)
    {
        var length = (int)LibCrypto.BIO_ctrl_pending(_outgoing);
        if (length == 0)
        {
            return false;
        }

        var pending = new byte[length];
        fixed (byte* data = pending)
        {
            LibCrypto.BIO_read(_outgoing, data, length);
        }

        _flight.Send(pending, keep, output);
        return true;
    }

    private bool PeerMatchesFingerprint()
    {
        var x509 = LibSsl.SSL_get1_peer_certificate(_ssl);
        if (x509 == 0)
        {
            return false;
        }

        var der = new byte[LibCrypto.i2d_X509(x509, null)];
        fixed (byte* data = der)
        {
            var cursor = data;
            LibCrypto.i2d_X509(x509, &cursor);
        }

        LibCrypto.X509_free(x509);
        return string.Equals(CertificateFingerprint.Of(der, _expectedRemote.Algorithm), _expectedRemote.Value, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>RFC 5764 section 4.2: client key, server key, client salt, server salt.</summary>
    private SrtpKeyingMaterial? ExportKeys()
    {
        var selected = LibSsl.SSL_get_selected_srtp_profile(_ssl);
        if (selected is null)
        {
            return null;
        }

        const int keyLength = 16;
        var profile = (SrtpProfile)selected->Id;
        var saltLength = profile == SrtpProfile.AeadAes128Gcm ? 12 : 14;
        var length = 2 * (keyLength + saltLength);
        Span<byte> material = stackalloc byte[length];
        fixed (byte* data = material)
        {
            if (LibSsl.SSL_export_keying_material(_ssl, data, (nuint)length, ExporterLabel, (nuint)ExporterLabel.Length, 0, 0, 0) != 1)
            {
                return null;
            }
        }

        var clientKey = material[..keyLength].ToArray();
        var serverKey = material.Slice(keyLength, keyLength).ToArray();
        var clientSalt = material.Slice(2 * keyLength, saltLength).ToArray();
        var serverSalt = material.Slice((2 * keyLength) + saltLength, saltLength).ToArray();
        CryptographicOperations.ZeroMemory(material);
        return _role == DtlsRole.Server
            ? new SrtpKeyingMaterial(profile, serverKey, serverSalt, clientKey, clientSalt)
            : new SrtpKeyingMaterial(profile, clientKey, clientSalt, serverKey, serverSalt);
    }
}
