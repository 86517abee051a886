namespace MediaServer.Architecture.Tests.Harness;

/// <summary>The source tree as people wrote it: without what builds, package managers and runs put into it.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", "dist", "wwwroot", "artifacts", "TestResults", ".git", ".data", ".tools", ".vs", ".idea"];

    public static string Root { get; } = FindRoot();

    /// <summary>Everything of ours, as paths from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal)];

    /// <summary>Files under <paramref name="folder"/> whose name ends with one of <paramref name="endings"/>.</summary>
    public static IEnumerable<string> Under(string folder, params string[] endings) =>
        Files.Where(file => file.StartsWith(folder, StringComparison.Ordinal) && endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)));

    public static IEnumerable<string> CSharp(string folder) => Under(folder, ".cs");

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    /// <summary>The lines of C# or TypeScript code, without comments that take a whole line.</summary>
    public static IEnumerable<(string Text, int Number)> Code(string file) =>
        Lines(file).Select((text, index) => (Text: text, Number: index + 1)).Where(line => !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal) && !line.Text.TrimStart().StartsWith('*'));

    public static bool Exists(string path) => File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string directory) =>
        Directory.EnumerateFiles(directory).Concat(
            Directory.EnumerateDirectories(directory).Where(d => !NotOurs.Contains(Path.GetFileName(d))).SelectMany(Walk));

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "MediaServer.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("MediaServer.sln was not found above the test");
        }

        return directory;
    }
}
