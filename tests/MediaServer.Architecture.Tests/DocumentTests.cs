using System.Text.RegularExpressions;
using MediaServer.Architecture.Tests.Harness;

namespace MediaServer.Architecture.Tests;

/// <summary>What the documents point to is there.</summary>
public sealed class DocumentTests
{
    private static readonly Regex Link = new(@"\[[^\]]*\]\(([^)\s]+)(?:\s+""[^""]*"")?\)");
    private static readonly Regex QuotedPath = new(@"`((?:src|tests|docs|tools|samples|bench)/[\w./-]+)`");
    private static readonly Regex Heading = new(@"^#+\s+(.+?)\s*$", RegexOptions.Multiline);

    [Fact]
    public void Links_resolve()
    {
        var links = (from document in Documents
                     from Match match in Link.Matches(WithoutCode(Repository.Read(document)))
                     select (document, target: match.Groups[1].Value)).ToList();
        Assert.True(links.Count > 10, "the links were found");
        Assert.Empty(links.Where(link => !Resolves(link.document, link.target)).Select(link => $"{link.document}: {link.target}"));
    }

    [Fact]
    public void Paths_in_documents_exist()
    {
        var paths = (from document in Documents
                     from Match match in QuotedPath.Matches(Repository.Read(document))
                     select (document, path: match.Groups[1].Value.TrimEnd('.'))).ToList();
        Assert.NotEmpty(paths);
        Assert.Empty(paths.Where(p => !Repository.Exists(p.path) && !IsBuilt(p.path)).Select(p => $"{p.document}: {p.path}"));
    }

    private static IEnumerable<string> Documents => Repository.Under(string.Empty, ".md");

    /// <summary>Written by a build, so not in a fresh tree.</summary>
    private static bool IsBuilt(string path) => path.Contains("/bin/", StringComparison.Ordinal) || path.Contains("/wwwroot", StringComparison.Ordinal) || path.Contains("/dist", StringComparison.Ordinal);

    private static string WithoutCode(string text) => Regex.Replace(text, "```.*?```", string.Empty, RegexOptions.Singleline);

    private static bool Resolves(string document, string target)
    {
        if (Regex.IsMatch(target, "^(https?|mailto):"))
        {
            return true;
        }

        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0 ? document : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, parts[0]));
        return Repository.Exists(path) && (parts.Length == 1 || !path.EndsWith(".md", StringComparison.Ordinal) || Anchors(path).Contains(parts[1]));
    }

    /// <summary>As the usual renderers make them: lower case, words joined by dashes, punctuation gone.</summary>
    private static IEnumerable<string> Anchors(string document) => Heading.Matches(Repository.Read(document))
        .Select(match => Regex.Replace(match.Groups[1].Value.ToLowerInvariant(), @"[^\w\- ]", string.Empty).Replace(' ', '-'));
}
