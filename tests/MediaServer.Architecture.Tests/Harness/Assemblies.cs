using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MediaServer.Architecture.Tests.Harness;

/// <summary>The compiled projects of src, as they are loaded and as IL.</summary>
internal static class Assemblies
{
    public static readonly IReadOnlyList<string> Names = [.. Project.OfSource.Select(project => project.Name)];

    public static IEnumerable<Assembly> All => Names.Select(Assembly.Load);

    /// <summary>Every method with a body, closures and local functions included.</summary>
    public static IEnumerable<MethodDefinition> Methods(string assembly)
    {
        var module = ModuleDefinition.ReadModule(Assembly.Load(assembly).Location);
        return module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody);
    }

    /// <summary>What a method calls, as "Namespace.Type::Method".</summary>
    public static IEnumerable<string> Calls(MethodDefinition method) => method.Body.Instructions
        .Where(i => i.OpCode == OpCodes.Call || i.OpCode == OpCodes.Callvirt || i.OpCode == OpCodes.Newobj || i.OpCode == OpCodes.Ldftn)
        .Select(i => (MethodReference)i.Operand)
        .Select(called => $"{called.DeclaringType.GetElementType().FullName}::{called.Name}");

    /// <summary>The method that people wrote: "Type.Method" also for the closures that the compiler makes of it.</summary>
    public static string Written(MethodDefinition method)
    {
        var type = method.DeclaringType;
        while (type.DeclaringType is not null && type.Name.StartsWith('<'))
        {
            type = type.DeclaringType;
        }

        var name = method.Name.StartsWith('<') ? method.Name[1..method.Name.IndexOf('>', StringComparison.Ordinal)] : method.Name;
        return $"{type.Name}.{name}";
    }
}
