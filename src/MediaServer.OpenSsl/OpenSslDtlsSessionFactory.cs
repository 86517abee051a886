using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MediaServer.Protocol.Dtls;

namespace MediaServer.OpenSsl;

/// <summary>
/// Makes DTLS sessions on libssl 3 that share one context with a self-signed ECDSA P-256 certificate, made anew at each start: WebRTC
/// trusts the fingerprint in SDP, not the certificate.
/// </summary>
public sealed unsafe class OpenSslDtlsSessionFactory : IDtlsSessionFactory, IDisposable
{
    /// <summary>Every browser has AES-GCM (RFC 8827 section 6.5). No ChaCha20: its shortest record is below <see cref="DtlsRecords"/>' limit.</summary>
    private const string Ciphers = "ECDHE+AESGCM:ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES128-SHA:!aNULL:!eNULL";
    private const string SrtpProfiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
    private readonly SslContextHandle _context;

    /// <exception cref="InvalidOperationException">OpenSSL refuses the configuration.</exception>
    /// <exception cref="DllNotFoundException">libssl.so.3 is not installed.</exception>
    public OpenSslDtlsSessionFactory()
        : this(CreateCertificate(), SrtpProfiles)
    {
    }

    /// <param name="certificate">With its private key; not needed afterwards.</param>
    /// <param name="srtpProfiles">In OpenSSL's names, the preferred one first.</param>
    internal OpenSslDtlsSessionFactory(X509Certificate2 certificate, string srtpProfiles)
    {
        using var disposed = certificate;
        using AsymmetricAlgorithm key = certificate.GetECDsaPrivateKey() as AsymmetricAlgorithm ?? certificate.GetRSAPrivateKey()!;
        LocalFingerprint = new DtlsFingerprint("sha-256", CertificateFingerprint.Of(certificate.RawData, "sha-256")!);

        _context = LibSsl.SSL_CTX_new(LibSsl.DTLS_method());
        Require(!_context.IsInvalid, "SSL_CTX_new");
        UseCertificate(certificate.RawData, key.ExportPkcs8PrivateKey());
        LibSsl.SSL_CTX_set_options(_context, LibSsl.OpNoQueryMtu | LibSsl.OpNoTicket | LibSsl.OpNoRenegotiation);
        LibSsl.SSL_CTX_set_verify(_context, LibSsl.VerifyPeer | LibSsl.VerifyFailIfNoPeerCert, &AcceptAnyChain);
        Require(LibSsl.SSL_CTX_set_cipher_list(_context, Ciphers) == 1, "SSL_CTX_set_cipher_list");
        Require(LibSsl.SSL_CTX_ctrl(_context, LibSsl.CtrlSetGroupsList, 0, "X25519:P-256:P-384") == 1, "SSL_CTX_set1_groups_list");

        // This one returns 0 on success.
        Require(LibSsl.SSL_CTX_set_tlsext_use_srtp(_context, srtpProfiles) == 0, "SSL_CTX_set_tlsext_use_srtp");
    }

    public DtlsFingerprint LocalFingerprint { get; }

    internal SslContextHandle Context => _context;

    public IDtlsSession Create(DtlsRole role, DtlsFingerprint expectedRemote) => new OpenSslDtlsSession(_context, role, expectedRemote);

    public void Dispose() => _context.Dispose();

    internal static void Require(bool succeeded, string function)
    {
        if (!succeeded)
        {
            LibCrypto.ERR_clear_error();
            throw new InvalidOperationException($"OpenSSL: {function} failed");
        }
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        return new CertificateRequest("CN=MediaServer", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
    }

    /// <summary>Self-signed certificates have no chain to verify; the fingerprint is compared after the handshake (RFC 8122 section 6.2).</summary>
    [UnmanagedCallersOnly]
    private static int AcceptAnyChain(int preverified, nint store) => 1;

    private void UseCertificate(byte[] certificate, byte[] privateKey)
    {
        fixed (byte* certificateStart = certificate, keyStart = privateKey)
        {
            var cursor = certificateStart;
            var x509 = LibCrypto.d2i_X509(0, &cursor, certificate.Length);
            Require(x509 != 0, "d2i_X509");
            Require(LibSsl.SSL_CTX_use_certificate(_context, x509) == 1, "SSL_CTX_use_certificate");
            LibCrypto.X509_free(x509);

            cursor = keyStart;
            var pkey = LibCrypto.d2i_AutoPrivateKey(0, &cursor, privateKey.Length);
            Require(pkey != 0, "d2i_AutoPrivateKey");
            Require(LibSsl.SSL_CTX_use_PrivateKey(_context, pkey) == 1, "SSL_CTX_use_PrivateKey");
            LibCrypto.EVP_PKEY_free(pkey);
        }

        CryptographicOperations.ZeroMemory(privateKey);
    }
}
