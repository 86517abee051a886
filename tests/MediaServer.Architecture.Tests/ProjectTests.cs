using System.Text.RegularExpressions;
using System.Xml.Linq;
using MediaServer.Architecture.Tests.Harness;

namespace MediaServer.Architecture.Tests;

/// <summary>Versions in one place, every project built and tested.</summary>
public sealed class ProjectTests
{
    /// <summary>Projects that are tested together with others.</summary>
    private static readonly Dictionary<string, string> CoveredBy = new()
    {
        ["MediaServer.Contracts"] = "MediaServer.Server.Tests",
        ["MediaServer.Client"] = "MediaServer.Server.Tests",
    };

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("MediaServer.sln").Replace('\\', '/');
        Assert.All(Project.All, project => Assert.Contains($"\"{project.Path}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_project_of_src_is_tested() => Assert.All(Project.OfSource, project =>
    {
        var tests = CoveredBy.GetValueOrDefault(project.Name, $"{project.Name}.Tests");
        Assert.True(Project.All.Any(p => p.Name == tests), $"there is no {tests}");
        Assert.Contains(project.Name, Project.ReachableFrom(tests));
        Assert.Contains(Repository.CSharp($"tests/{tests}/"), file => Regex.IsMatch(Repository.Read(file), @"\[(Fact|Theory)"));
    });

    [Fact]
    public void Package_versions_stand_in_one_file_and_are_exact()
    {
        var versions = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(item => item.Attribute("Include")!.Value, item => item.Attribute("Version")!.Value);
        Assert.All(versions, version => Assert.Matches(@"^\d+(\.\d+)+(-[\w.]+)?$", version.Value));
        foreach (var project in Project.All)
        {
            Assert.All(project.Packages, package =>
            {
                Assert.Null(package.Attribute("Version"));
                Assert.Null(package.Attribute("VersionOverride"));
                Assert.Null(package.Element("Version"));
                Assert.Contains(package.Attribute("Include")!.Value, versions.Keys);
            });
        }
    }

    [Fact]
    public void Warnings_are_errors_everywhere()
    {
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", Repository.Read("Directory.Build.props"), StringComparison.Ordinal);
        Assert.All(Project.All, project =>
        {
            Assert.Null(project.Property("TreatWarningsAsErrors"));
            Assert.Null(project.Property("NoWarn"));
            Assert.Null(project.Property("WarningsNotAsErrors"));
        });
    }

    /// <summary>A lock file with addresses of a registry works only where that registry is.</summary>
    [Fact]
    public void Lock_files_name_no_registry() => Assert.All(
        Repository.Under(string.Empty, "package-lock.json"),
        file => Assert.DoesNotContain("\"resolved\": \"http", Repository.Read(file), StringComparison.Ordinal));

    [Fact]
    public void No_dependency_of_the_web_client_floats() => Assert.All(
        Repository.Under(string.Empty, "package.json"),
        file => Assert.DoesNotMatch(@"""[^""]+"":\s*""(latest|\*|x|https?:|git)", Repository.Read(file)));
}
