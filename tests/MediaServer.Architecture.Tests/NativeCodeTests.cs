using MediaServer.Architecture.Tests.Harness;

namespace MediaServer.Architecture.Tests;

/// <summary>Calls into C may stand in two places, each for its own libraries.</summary>
public sealed class NativeCodeTests
{
    private static readonly Dictionary<string, string[]> LibrariesOf = new()
    {
        ["MediaServer.OpenSsl"] = ["libssl.so.3", "libcrypto.so.3"],
        ["MediaServer.MediaPlane.Native"] = ["libc"],
    };

    [Fact]
    public void Only_these_namespaces_call_native_libraries_and_only_their_own()
    {
        var imports = 0;
        foreach (var assembly in Assemblies.Names)
        {
            using var module = Mono.Cecil.ModuleDefinition.ReadModule(System.Reflection.Assembly.Load(assembly).Location);
            foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasPInvokeInfo))
            {
                imports++;
                var owner = method.DeclaringType;
                while (owner.DeclaringType is not null)
                {
                    owner = owner.DeclaringType;
                }

                Assert.True(LibrariesOf.TryGetValue(owner.Namespace, out var libraries), $"{owner.FullName} must not call native code: {method.PInvokeInfo.EntryPoint}");
                Assert.Contains(method.PInvokeInfo.Module.Name, libraries);
            }
        }

        Assert.True(imports > 30, "the imports were found");
    }

    [Fact]
    public void Only_these_folders_hold_native_declarations()
    {
        string[] signs = ["[LibraryImport", "[DllImport", "NativeLibrary."];
        var files = Repository.CSharp("src/").Where(file => Repository.Code(file).Any(line => signs.Any(sign => line.Text.Contains(sign, StringComparison.Ordinal)))).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(
            file.StartsWith("src/MediaServer.OpenSsl/", StringComparison.Ordinal) || file.StartsWith("src/MediaServer.MediaPlane/Native/", StringComparison.Ordinal), file));
    }

    /// <summary>Media keys and user input are handled in managed code: what is unsafe is what must be.</summary>
    [Fact]
    public void Unsafe_code_stays_where_native_memory_is()
    {
        string[] allowed = ["src/MediaServer.OpenSsl/", "src/MediaServer.MediaPlane/Native/", "src/MediaServer.MediaPlane/Sockets/", "src/MediaServer.MediaPlane/Shards/", "src/MediaServer.Protocol/Srtp/"];
        var files = Repository.CSharp("src/").Where(file => Repository.Code(file).Any(line => line.Text.Contains(" unsafe ", StringComparison.Ordinal)));
        Assert.All(files, file => Assert.Contains(allowed, folder => file.StartsWith(folder, StringComparison.Ordinal)));
    }
}
