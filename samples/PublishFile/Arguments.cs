namespace PublishFile;

/// <summary>The command line.</summary>
internal sealed record Arguments(Uri Server, string Meeting, string? Video, string? Audio, string Name)
{
    /// <summary>Null when something is missing or unknown.</summary>
    public static Arguments? TryParse(string[] args)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            values[args[i]] = args[i + 1];
        }

        string[] known = ["--server", "--meeting", "--video", "--audio", "--name"];
        if (args.Length % 2 != 0 || values.Keys.Except(known).Any() || !values.TryGetValue("--meeting", out var meeting) ||
            !Uri.TryCreate(values.GetValueOrDefault("--server"), UriKind.Absolute, out var server) ||
            !(values.ContainsKey("--video") || values.ContainsKey("--audio")))
        {
            return null;
        }

        return new Arguments(server, meeting, values.GetValueOrDefault("--video"), values.GetValueOrDefault("--audio"), values.GetValueOrDefault("--name", "File player"));
    }
}
