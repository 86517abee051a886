using System.Text.RegularExpressions;
using MediaServer.Architecture.Tests.Harness;

namespace MediaServer.Architecture.Tests;

/// <summary>The web client's layers: core, hooks, features, ui. Core does not know that there is React.</summary>
public sealed class WebClientTests
{
    private static readonly Regex Import = new(@"(?:from|import)\s*\(?\s*['""]([^'""]+)['""]");

    [Fact]
    public void Core_imports_neither_React_nor_what_is_built_on_core()
    {
        var files = Repository.Under("src/web/src/core/", ".ts", ".tsx").ToList();
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => file.EndsWith(".tsx", StringComparison.Ordinal));
        Assert.Empty(
            from file in files
            from Match match in Import.Matches(Repository.Read(file))
            where Regex.IsMatch(match.Groups[1].Value, @"^(react|react-dom|@mantine/)|(^|/)(hooks|features|ui)(/|$)")
            select $"{file} imports {match.Groups[1].Value}");
    }

    [Fact]
    public void Hooks_do_not_import_what_is_built_on_them() => Assert.Empty(
        from file in Repository.Under("src/web/src/hooks/", ".ts", ".tsx")
        from Match match in Import.Matches(Repository.Read(file))
        where Regex.IsMatch(match.Groups[1].Value, @"(^|/)features(/|$)")
        select $"{file} imports {match.Groups[1].Value}");
}
