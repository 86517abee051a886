using System.Globalization;

namespace MediaServer.Meetings.Participants;

/// <summary>
/// Sorts people as a register does: by surname, then by the rest, by the collation of Russian (Cyrillic before Latin, case apart last).
/// The surname is the last word; behind "Surname Name Patronymic" it is the first.
/// </summary>
public static class SurnameOrder
{
    private static readonly CompareInfo Collation = CultureInfo.GetCultureInfo("ru").CompareInfo;
    private static readonly string[] Patronymics = ["вич", "вна", "ична", "инична", "оглы", "кызы", "улы"];

    public static SortKey KeyOf(string displayName) => Collation.GetSortKey(Rearrange(displayName), CompareOptions.StringSort | CompareOptions.IgnoreWidth);

    /// <summary>True when <paramref name="displayName"/> holds <paramref name="query"/>, whatever the case.</summary>
    public static bool Matches(string displayName, string query) =>
        Collation.IndexOf(displayName, query, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace) >= 0;

    private static string Rearrange(string displayName)
    {
        var words = displayName.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || (words.Length > 2 && IsPatronymic(words[^1])))
        {
            return string.Join(' ', words);
        }

        return string.Join(' ', [words[^1], .. words[..^1]]);
    }

    private static bool IsPatronymic(string word)
    {
        foreach (var ending in Patronymics)
        {
            if (word.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
