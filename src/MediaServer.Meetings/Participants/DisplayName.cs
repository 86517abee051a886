using System.Globalization;
using System.Text;

namespace MediaServer.Meetings.Participants;

/// <summary>What people are called: 1-80 characters after removing control and invisible format characters and outer spaces.</summary>
public static class DisplayName
{
    public const int MaxLength = 80;

    public static bool TryNormalise(string? input, out string name)
    {
        name = string.Empty;
        if (input is null || input.Length > MaxLength * 4)
        {
            return false;
        }

        var text = new StringBuilder(input.Length);
        foreach (var rune in input.EnumerateRunes())
        {
            // Format characters such as direction overrides can make a name look like another.
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
            {
                text.Append(rune.ToString());
            }
        }

        name = text.ToString().Trim();
        return name.Length is > 0 and <= MaxLength;
    }
}
