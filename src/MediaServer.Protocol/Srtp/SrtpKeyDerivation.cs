namespace MediaServer.Protocol.Srtp;

/// <summary>AES-CM key derivation with a key derivation rate of zero (RFC 3711 section 4.3).</summary>
internal static class SrtpKeyDerivation
{
    public const byte RtpEncryption = 0;
    public const byte RtpAuthentication = 1;
    public const byte RtpSalt = 2;
    public const byte RtcpEncryption = 3;
    public const byte RtcpAuthentication = 4;
    public const byte RtcpSalt = 5;
    private const int LabelPosition = 7;

    /// <param name="masterKey">16 bytes.</param>
    /// <param name="masterSalt">14 bytes; 12 are padded with zeros on the right (RFC 7714 section 11).</param>
    /// <param name="label">Which key.</param>
    /// <param name="length">Bytes to derive.</param>
    public static byte[] Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, byte label, int length)
    {
        Span<byte> iv = stackalloc byte[16];
        iv.Clear();
        masterSalt.CopyTo(iv);
        iv[LabelPosition] ^= label;
        var derived = new byte[length];
        using var cipher = new AesCounterMode(masterKey);
        cipher.Apply(iv, derived);
        return derived;
    }
}
