using System.Globalization;
using System.Text;

namespace MediaServer.Meetings.Participants;

/// <summary>
/// What people are called: 1-80 characters (UTF-16 units, as an input field's maxlength counts) after removing control and invisible characters
/// and outer spaces.
/// </summary>
public static class DisplayName
{
    public const int MaxLength = 80;

    /// <summary>Letters and symbols that show as nothing: Hangul fillers and the blank Braille pattern.</summary>
    private const string Blanks = "\u115F\u1160\u2800\u3164\uFFA0";

    public static bool TryNormalise(string? input, out string name)
    {
        name = string.Empty;
        if (input is null || input.Length > MaxLength * 4)
        {
            return false;
        }

        var text = new StringBuilder(input.Length);
        var visible = false;
        foreach (var rune in input.EnumerateRunes())
        {
            if (!IsInvisible(rune))
            {
                text.Append(rune.ToString());
                visible |= !Rune.IsWhiteSpace(rune) && !IsMark(rune);
            }
        }

        name = text.ToString().Trim();
        return visible && name.Length is > 0 and <= MaxLength;
    }

    /// <summary>Format characters such as direction overrides can make a name look like another.</summary>
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || (rune.IsBmp && Blanks.Contains((char)rune.Value, StringComparison.Ordinal));

    /// <summary>Accents and variation selectors show only on something.</summary>
    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
}
