using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace MediaServer.Server.Persistence;

/// <summary>What a resume token says.</summary>
internal sealed record ResumeClaims(string MeetingCode, string ParticipantId, string DisplayName, uint Number);

/// <summary>
/// Tokens by which a participant comes back as the same one, also after a restart of the server: claims and expiry as JSON, signed with
/// HMAC-SHA256, both in base64url. The key lies in the data directory, readable for its owner only.
/// </summary>
internal sealed class ResumeTokens
{
    private const int KeyLength = 32;
    private const int MaxLength = 4096;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private readonly byte[] _key;

    public ResumeTokens(string keyFile)
    {
        if (!File.Exists(keyFile))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using var file = new FileStream(keyFile, options);
            file.Write(RandomNumberGenerator.GetBytes(KeyLength));
        }

        _key = File.ReadAllBytes(keyFile);
        if (_key.Length != KeyLength)
        {
            throw new InvalidOperationException($"The key file {keyFile} must hold {KeyLength} bytes. Delete it to make a new one; running calls will have to join anew.");
        }
    }

    public string Create(ResumeClaims claims, DateTimeOffset now)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Envelope(claims, now + Lifetime));
        return $"{Base64Url.EncodeToString(body)}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, body))}";
    }

    /// <summary>False for anything that this server did not sign, or that has expired.</summary>
    public bool TryRead(string token, DateTimeOffset now, [NotNullWhen(true)] out ResumeClaims? claims)
    {
        claims = null;
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        if (token.Length > MaxLength || dot < 0 || !TryDecode(token.AsSpan(0, dot), out var body) || !TryDecode(token.AsSpan(dot + 1), out var signature))
        {
            return false;
        }

        if (!CryptographicOperations.FixedTimeEquals(signature, HMACSHA256.HashData(_key, body)))
        {
            return false;
        }

        var envelope = JsonSerializer.Deserialize<Envelope>(body);
        claims = envelope is not null && now < envelope.Expires ? envelope.Claims : null;
        return claims is not null;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (!Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length))
        {
            return false;
        }

        bytes = bytes[..length];
        return true;
    }

    private sealed record Envelope(ResumeClaims Claims, DateTimeOffset Expires);
}
