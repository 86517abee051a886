using MediaServer.OpenSsl;
using MediaServer.Protocol.Dtls;

namespace MediaServer.OpenSsl.Tests.Harness;

/// <summary>
/// A client that repeats its flight as browsers do, encrypted anew under fresh record numbers: plain OpenSSL whose own timer is due at once, once
/// per flight.
/// </summary>
internal sealed unsafe class RenumberingClient : IDisposable
{
    private readonly SslContextHandle _context;
    private readonly SslHandle _ssl;
    private readonly nint _incoming = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
    private readonly nint _outgoing = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());

    public RenumberingClient(SslContextHandle context)
    {
        _context = context;
        _ssl = LibSsl.SSL_new(_context);
        LibSsl.SSL_set_bio(_ssl, _incoming, _outgoing);
        LibSsl.SSL_set_connect_state(_ssl);
        LibSsl.SSL_ctrl(_ssl, LibSsl.CtrlSetMtu, 1200, 0);
        LibSsl.DTLS_set_timer_cb(_ssl, &DueAtOnce);
    }

    public bool IsConnected { get; private set; }

    /// <summary>Goes on with what has arrived; returns all that goes out.</summary>
    public byte[] Advance(byte[]? datagram = null)
    {
        fixed (byte* data = datagram)
        {
            if (datagram is not null)
            {
                LibCrypto.BIO_write(_incoming, data, datagram.Length);
            }
        }

        IsConnected = LibSsl.SSL_do_handshake(_ssl) == 1;
        LibCrypto.ERR_clear_error();
        var output = new byte[(int)LibCrypto.BIO_ctrl_pending(_outgoing)];
        fixed (byte* data = output)
        {
            LibCrypto.BIO_read(_outgoing, data, output.Length);
        }

        return output;
    }

    public void Dispose() => _ssl.Dispose();

    [System.Runtime.InteropServices.UnmanagedCallersOnly]
    private static uint DueAtOnce(nint ssl, uint microseconds) => microseconds == 0 ? 1 : 3_600_000_000;
}
