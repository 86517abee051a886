using System.Security.Cryptography;

namespace MediaServer.Protocol.Ice;

/// <summary>Makes fresh credentials: 48 bits of ufrag and 144 bits of pwd (RFC 8445 section 5.3 asks for 24 and 128).</summary>
public static class IceCredentialsFactory
{
    // The 64 characters of ice-char (RFC 8839 section 5.1).
    private const string IceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const int UfragLength = 8;
    private const int PasswordLength = 24;

    public static IceCredentials Create() =>
        new(RandomNumberGenerator.GetString(IceChars, UfragLength), RandomNumberGenerator.GetString(IceChars, PasswordLength));
}
