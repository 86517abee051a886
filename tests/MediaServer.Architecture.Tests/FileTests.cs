using System.Text.RegularExpressions;
using MediaServer.Architecture.Tests.Harness;

namespace MediaServer.Architecture.Tests;

/// <summary>Files that can be read in one sitting, with names that say something.</summary>
public sealed class FileTests
{
    private const int MostLines = 400;

    private static readonly string[] Ours = [".cs", ".ts", ".tsx", ".css", ".mjs", ".js", ".sh", ".py"];

    private static readonly Regex EmptyNames = new("(Manager|Helper|Helpers|Util|Utils|Utilities|Misc|Common)$", RegexOptions.IgnoreCase);

    private static readonly Regex TypeDeclaration = new(@"\b(?:class|record|struct|interface|enum)\s+(?:class\s+|struct\s+)?([A-Z]\w+)");

    [Fact]
    public void No_file_is_too_long()
    {
        var files = Repository.Under(string.Empty, Ours).Where(file => !IsGenerated(file)).ToList();
        Assert.True(files.Count > 200, "the files were found");
        Assert.All(files, file => Assert.True(Repository.Lines(file).Length <= MostLines, $"{file} has more than {MostLines} lines"));
    }

    [Fact]
    public void No_type_and_no_file_has_a_name_that_says_nothing()
    {
        Assert.DoesNotContain(Repository.Under(string.Empty, Ours), file => EmptyNames.IsMatch(NameOf(file)));
        Assert.Empty(
            from file in Repository.Under(string.Empty, ".cs", ".ts", ".tsx")
            from line in Repository.Code(file)
            from Match match in TypeDeclaration.Matches(line.Text)
            where EmptyNames.IsMatch(match.Groups[1].Value)
            select $"{file}:{line.Number}: {match.Groups[1].Value}");
    }

    [Fact]
    public void A_file_is_named_after_a_type_that_it_declares()
    {
        foreach (var file in Repository.CSharp("src/").Where(file => Path.GetFileName(file) is not ("Hub.cs" or "Program.cs")))
        {
            var name = NameOf(file).Split('.')[0];
            var types = TypeDeclaration.Matches(Repository.Read(file)).Select(match => match.Groups[1].Value).ToList();
            Assert.True(types.Contains(name) || (types.Count > 1 && name.EndsWith('s')), $"{file} declares no {name}, nor several types of which that is the plural");
        }
    }

    [Fact]
    public void Namespaces_follow_folders()
    {
        foreach (var file in Repository.CSharp("src/").Where(file => !file.EndsWith("/Program.cs", StringComparison.Ordinal)))
        {
            var expected = Path.GetDirectoryName(file)!["src/".Length..].Replace('/', '.');
            Assert.Contains($"namespace {expected};", Repository.Lines(file));
        }
    }

    /// <summary>Stable ids are of use only while each means one thing.</summary>
    [Fact]
    public void Log_events_have_ids_of_their_own()
    {
        var ids = Repository.CSharp("src/").SelectMany(file => Regex.Matches(Repository.Read(file), @"LoggerMessage\([^)]*EventId = (\d+)").Select(m => m.Groups[1].Value)).ToList();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
        var messages = Repository.CSharp("src/").Sum(file => Regex.Count(Repository.Read(file), @"\[LoggerMessage\("));
        Assert.Equal(messages, ids.Count);
    }

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);

    private static bool IsGenerated(string file) => Repository.Lines(file).FirstOrDefault()?.Contains("Generated from", StringComparison.Ordinal) == true;
}
