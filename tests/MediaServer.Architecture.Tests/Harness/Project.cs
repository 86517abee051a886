using System.Xml.Linq;

namespace MediaServer.Architecture.Tests.Harness;

/// <summary>A project file.</summary>
internal sealed class Project
{
    private readonly XDocument _document;

    private Project(string path)
    {
        Path = path;
        _document = XDocument.Parse(Repository.Read(path));
    }

    public static IReadOnlyList<Project> All { get; } = [.. Repository.Under(string.Empty, ".csproj").Select(path => new Project(path))];

    public static IEnumerable<Project> OfSource => All.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal));

    /// <summary>From the repository's root.</summary>
    public string Path { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Names of the projects that this one is compiled against.</summary>
    public IEnumerable<string> References => Items("ProjectReference")
        .Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false")
        .Select(reference => System.IO.Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

    public IEnumerable<XElement> Packages => Items("PackageReference");

    public string? Property(string name) => _document.Descendants(name).SingleOrDefault()?.Value;

    public static Project Named(string name) => All.Single(project => project.Name == name);

    /// <summary>Also those that come through others.</summary>
    public static IEnumerable<string> ReachableFrom(string name)
    {
        var reached = new HashSet<string>();
        var pending = new Queue<string>([name]);
        while (pending.TryDequeue(out var next))
        {
            foreach (var reference in Named(next).References.Where(reached.Add))
            {
                pending.Enqueue(reference);
            }
        }

        return reached;
    }

    public override string ToString() => Name;

    private IEnumerable<XElement> Items(string name) => _document.Descendants(name).Where(item => item.Attribute("Include") is not null);
}
