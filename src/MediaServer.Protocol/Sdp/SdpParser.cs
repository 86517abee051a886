using System.Globalization;

namespace MediaServer.Protocol.Sdp;

/// <summary>Reads session descriptions (RFC 8866 section 9). Total: any text gives a session or an error with its line number.</summary>
public static class SdpParser
{
    /// <summary>A browser's offer with 60 m-lines has about 120 kB.</summary>
    public const int MaxLength = 512 * 1024;

    public const int MaxMedia = 256;

    /// <summary>There are no more payload types.</summary>
    public const int MaxFormats = 128;

    public static bool TryParse(string text, out SdpSession session, out string error)
    {
        session = new SdpSession();
        error = string.Empty;
        if (text.Length > MaxLength)
        {
            error = $"longer than {MaxLength} characters";
            return false;
        }

        SdpSection section = session;
        var number = 0;
        var first = true;
        foreach (var rawLine in text.AsSpan().EnumerateLines())
        {
            var line = rawLine.TrimEnd();
            number++;
            if (line.IsEmpty)
            {
                continue;
            }

            if (line.Length < 2 || line[1] != '=')
            {
                error = $"line {number}: expected <type>=<value>";
                return false;
            }

            if (first && !line.SequenceEqual("v=0"))
            {
                error = $"line {number}: expected v=0";
                return false;
            }

            first = false;

            var value = line[2..];
            switch (line[0])
            {
                case 'm':
                    if (session.Media.Count == MaxMedia || !TryParseMedia(value, out var media))
                    {
                        error = $"line {number}: a bad m-line, or too many";
                        return false;
                    }

                    session.Media.Add(media);
                    section = media;
                    break;
                case 'a':
                    AddAttribute(section, value);
                    break;
            }
        }

        if (session.Media.Count == 0)
        {
            error = "no media";
            return false;
        }

        return true;
    }

    private static void AddAttribute(SdpSection section, ReadOnlySpan<char> value)
    {
        var colon = value.IndexOf(':');
        section.Add(
            (colon < 0 ? value : value[..colon]).ToString(),
            colon < 0 ? string.Empty : value[(colon + 1)..].Trim().ToString());
    }

    private static bool TryParseMedia(ReadOnlySpan<char> value, out SdpMedia media)
    {
        media = null!;
        var parts = value.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is < 4 or > 3 + MaxFormats || !int.TryParse(parts[1].Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535)
        {
            return false;
        }

        media = new SdpMedia(parts[0], port, parts[2], parts[3..]);
        return true;
    }
}
