using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MediaServer.OpenSsl.Tests.Harness;

internal static class Certificates
{
    public const string GcmAndCm = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
    public const string CmOnly = "SRTP_AES128_CM_SHA1_80";

    public static X509Certificate2 Ecdsa()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SelfSign(new CertificateRequest("CN=peer", key, HashAlgorithmName.SHA256));
    }

    /// <summary>An RSA certificate that does not fit into one datagram.</summary>
    public static X509Certificate2 LargeRsa()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=large", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509Extension(new Oid("1.3.6.1.4.1.311.99.1"), [4, 0x82, 0x0B, 0xB8, .. RandomNumberGenerator.GetBytes(3000)], critical: false));
        return SelfSign(request);
    }

    private static X509Certificate2 SelfSign(CertificateRequest request) => request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
}
