using System.Reflection;
using MediaServer.Architecture.Tests.Harness;
using NetArchTest.Rules;

namespace MediaServer.Architecture.Tests;

/// <summary>docs/architecture.md, "Projects and walls".</summary>
public sealed class WallTests
{
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["MediaServer.Protocol"] = [],
        ["MediaServer.Meetings"] = [],
        ["MediaServer.Contracts"] = [],
        ["MediaServer.Forwarding"] = ["MediaServer.Protocol"],
        ["MediaServer.OpenSsl"] = ["MediaServer.Protocol"],
        ["MediaServer.MediaPlane"] = ["MediaServer.Forwarding"],
        ["MediaServer.Client"] = ["MediaServer.Protocol", "MediaServer.OpenSsl", "MediaServer.Contracts"],
        ["MediaServer.Server"] = ["MediaServer.Meetings", "MediaServer.MediaPlane", "MediaServer.OpenSsl", "MediaServer.Contracts"],
    };

    private static readonly string[] Pure = ["MediaServer.Protocol", "MediaServer.Forwarding", "MediaServer.Meetings"];

    [Fact]
    public void A_project_references_only_what_it_may()
    {
        Assert.True(Project.OfSource.Count() >= 8, "the projects of src were found");
        Assert.All(Project.OfSource, project =>
        {
            Assert.True(MayReference.TryGetValue(project.Name, out var allowed), $"{project} is new: say here and in docs/architecture.md what it may reference");
            Assert.Subset(allowed.ToHashSet(), project.References.ToHashSet());
        });
    }

    [Fact]
    public void The_compiled_assemblies_keep_to_it()
    {
        foreach (var assembly in Assemblies.All)
        {
            var name = assembly.GetName().Name!;
            var allowed = Project.ReachableFrom(name).ToHashSet();
            Assert.Subset(allowed, assembly.GetReferencedAssemblies().Select(r => r.Name!).Where(r => r.StartsWith("MediaServer.", StringComparison.Ordinal)).ToHashSet());
        }
    }

    [Fact]
    public void Pure_projects_are_held_by_the_analyzer_and_use_nothing_but_the_base_library()
    {
        foreach (var name in Pure)
        {
            Assert.Equal("true", Project.Named(name).Property("PureProject"));
            Assert.Empty(Project.Named(name).Packages);
            Assert.All(
                Assembly.Load(name).GetReferencedAssemblies().Select(r => r.Name!),
                reference => Assert.True(reference.StartsWith("System", StringComparison.Ordinal) || Project.ReachableFrom(name).Contains(reference), $"{name} uses {reference}"));
        }

        Assert.Equal(Pure.Order(), Project.All.Where(p => p.Property("PureProject") == "true").Select(p => p.Name).Order());
        Assert.DoesNotContain(Pure.SelectMany(name => Repository.CSharp($"src/{name}/")), file => Repository.Read(file).Contains("RS0030", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("T:System.Diagnostics.Stopwatch")]
    [InlineData("T:System.Threading.Tasks.Task")]
    [InlineData("T:System.Threading.Thread")]
    [InlineData("T:System.Threading.Timer")]
    [InlineData("T:System.Threading.Lock")]
    [InlineData("T:System.Threading.Monitor")]
    [InlineData("T:System.Net.Sockets.Socket")]
    [InlineData("P:System.Random.Shared")]
    public void The_analyzer_bans(string symbol) =>
        Assert.Contains(Repository.Lines("BannedSymbols.txt"), line => line.StartsWith(symbol + ";", StringComparison.Ordinal));

    /// <summary>The analyzer looks at the symbols that source names; this looks at the IL, where <c>lock</c>, <c>async</c> and what hides behind a var show.</summary>
    [Fact]
    public void Pure_code_has_no_clock_task_thread_lock_socket_or_file() => AssertNoDependency(
        Types.InAssemblies(Pure.Select(Assembly.Load)),
        "System.Threading.Tasks", "System.Threading.Thread", "System.Threading.Timer", "System.Threading.Monitor", "System.Threading.Lock", "System.Threading.Interlocked",
        "System.Diagnostics.Stopwatch", "System.Net.Sockets.Socket", "System.IO.File", "System.TimeProvider", "System.Console", "System.Environment");

    [Fact]
    public void Only_the_shell_knows_sockets_and_threads() => AssertNoDependency(
        Types.InAssemblies(Pure.Append("MediaServer.Contracts").Append("MediaServer.OpenSsl").Select(Assembly.Load)),
        "System.Net.Sockets.Socket", "System.Threading.Thread", "Microsoft.AspNetCore", "Orleans", "Microsoft.EntityFrameworkCore");

    [Fact]
    public void The_media_plane_knows_nothing_of_the_control_plane() => AssertNoDependency(
        Types.InAssembly(Assembly.Load("MediaServer.MediaPlane")),
        "MediaServer.Meetings", "MediaServer.Contracts", "MediaServer.Server", "MediaServer.OpenSsl", "Microsoft.AspNetCore", "Orleans");

    /// <summary>Controllers and hubs ask grains; only the media folder speaks to the media plane.</summary>
    [Fact]
    public void In_the_server_hubs_and_persistence_do_not_touch_the_media_plane() => AssertNoDependency(
        Types.InAssembly(Assembly.Load("MediaServer.Server")).That().ResideInNamespace("MediaServer.Server.Hubs").Or().ResideInNamespace("MediaServer.Server.Persistence"),
        "MediaServer.MediaPlane", "MediaServer.Forwarding", "MediaServer.Protocol");

    private static void AssertNoDependency(Types types, params string[] dependencies) => AssertNoDependency(types.That().HaveNameMatching(".*"), dependencies);

    private static void AssertNoDependency(PredicateList types, params string[] dependencies)
    {
        Assert.NotEmpty(types.GetTypes());
        var result = types.ShouldNot().HaveDependencyOnAny(dependencies).GetResult();
        Assert.True(result.IsSuccessful, $"{string.Join(", ", result.FailingTypeNames ?? [])} must not use any of {string.Join(", ", dependencies)}");
    }
}
