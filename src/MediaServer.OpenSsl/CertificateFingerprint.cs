using System.Security.Cryptography;

namespace MediaServer.OpenSsl;

/// <summary>Fingerprints of certificates as SDP writes them (RFC 8122 section 5).</summary>
internal static class CertificateFingerprint
{
    /// <summary>Upper-case colon-separated hex of the hash over the DER bytes; null for a hash that is not accepted.</summary>
    public static string? Of(ReadOnlySpan<byte> der, string algorithm)
    {
        byte[]? hash = algorithm.ToLowerInvariant() switch
        {
            "sha-256" => SHA256.HashData(der),
            "sha-384" => SHA384.HashData(der),
            "sha-512" => SHA512.HashData(der),
            _ => null,
        };
        return hash is null ? null : string.Join(':', hash.Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
    }
}
