using System.Security.Cryptography;

namespace MediaServer.Server.Grains;

/// <summary>What people type to get into a meeting: three groups of letters that are not mistaken for one another, "abc-defg-hjk".</summary>
internal static class MeetingCode
{
    private const string Letters = "abcdefghjkmnpqrstuvwxyz";
    private const int Length = 10;

    public static string Create() => Format(RandomNumberGenerator.GetString(Letters, Length));

    /// <summary>Forgives case, spaces and missing dashes.</summary>
    public static bool TryNormalise(string? input, out string code)
    {
        code = string.Empty;
        if (input is null || input.Length > 64)
        {
            return false;
        }

        var letters = string.Concat(input.Where(c => !char.IsWhiteSpace(c) && c != '-')).ToLowerInvariant();
        if (letters.Length != Length || letters.Any(c => !Letters.Contains(c, StringComparison.Ordinal)))
        {
            return false;
        }

        code = Format(letters);
        return true;
    }

    private static string Format(string letters) => $"{letters[..3]}-{letters[3..7]}-{letters[7..]}";
}
