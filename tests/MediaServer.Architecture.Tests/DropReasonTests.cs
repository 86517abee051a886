using System.Text.RegularExpressions;
using MediaServer.Architecture.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Architecture.Tests;

/// <summary>Each drop names its reason, and each reason is counted.</summary>
public sealed class DropReasonTests
{
    private const int LinesBetweenDropAndCount = 8;

    public static TheoryData<DropReason> Reasons => new(Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None));

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Each_reason_is_given_somewhere(DropReason reason)
    {
        var use = new Regex($@"\bDropReason\.{reason}\b");
        Assert.Contains(
            Repository.CSharp("src/").Where(file => !file.EndsWith("/DropReason.cs", StringComparison.Ordinal)),
            file => Repository.Code(file).Any(line => use.IsMatch(line.Text)));
    }

    [Fact]
    public void Where_forwarding_is_told_a_reason_it_counts_it()
    {
        var told = 0;
        foreach (var file in Repository.CSharp("src/MediaServer.Forwarding/"))
        {
            var lines = Repository.Lines(file);
            for (var i = 0; i < lines.Length; i++)
            {
                if (!lines[i].Contains("out var reason", StringComparison.Ordinal))
                {
                    continue;
                }

                told++;
                Assert.True(
                    lines.Skip(i).Take(LinesBetweenDropAndCount).Any(line => line.Contains("Count(reason)", StringComparison.Ordinal)),
                    $"{file}:{i + 1}: the reason is not counted");
            }
        }

        Assert.True(told > 5, "the places were found");
    }

    /// <summary>Where datagrams come in; a packet out of our own cache is nobody's input.</summary>
    [Fact]
    public void No_reason_is_discarded_where_datagrams_come_in()
    {
        var discard = new Regex(@"\bTry(Unprotect|Parse|Receive|On)\w*\(.*\bout _\)");
        var files = Repository.CSharp("src/MediaServer.Forwarding/Transports/").Concat(Repository.CSharp("src/MediaServer.Forwarding/MediaRouter")).ToList();
        Assert.True(files.Count > 5, "the files were found");
        Assert.All(
            files.SelectMany(file => Repository.Code(file).Select(line => (file, line))),
            at => Assert.False(discard.IsMatch(at.line.Text), $"{at.file}:{at.line.Number}: {at.line.Text.Trim()}"));
    }
}
