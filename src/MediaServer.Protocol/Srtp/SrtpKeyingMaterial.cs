namespace MediaServer.Protocol.Srtp;

/// <summary>DTLS-SRTP protection profiles, with their IANA numbers (RFC 5764 section 4.1.2, RFC 7714 section 14.2).</summary>
public enum SrtpProfile : ushort
{
    AesCm128HmacSha1Tag80 = 0x0001,
    AeadAes128Gcm = 0x0007,
}

/// <summary>Master keys and salts of both directions. Keys are 16 bytes; salts 14 (AES-CM) or 12 (AEAD) bytes.</summary>
public sealed record SrtpKeyingMaterial(SrtpProfile Profile, byte[] LocalKey, byte[] LocalSalt, byte[] RemoteKey, byte[] RemoteSalt);
