using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using MediaServer.Contracts;

namespace ContractGenerator;

/// <summary>Turns the records, enums and interfaces of MediaServer.Contracts into TypeScript, as the JSON protocol shows them.</summary>
public static class TypeScriptContracts
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Generate()
    {
        var text = new StringBuilder();
        text.Append("// Generated from src/MediaServer.Contracts. Do not edit: see docs/protocol.md.\n\n");
        WriteErrorCodes(text);
        var types = typeof(ErrorCodes).Assembly.GetExportedTypes().OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
        foreach (var type in types.Where(t => t.IsEnum))
        {
            text.Append(CultureInfo.InvariantCulture, $"export type {type.Name} = {string.Join(" | ", Enum.GetNames(type).Select(n => $"'{Camel(n)}'"))};\n\n");
        }

        foreach (var type in types.Where(t => t is { IsClass: true, IsAbstract: false }))
        {
            WriteRecord(text, type);
        }

        WriteHub(text);
        WriteClient(text);
        return text.ToString();
    }

    private static void WriteErrorCodes(StringBuilder text)
    {
        text.Append("export const errorCodes = [\n");
        foreach (var field in typeof(ErrorCodes).GetFields())
        {
            text.Append(CultureInfo.InvariantCulture, $"  '{field.GetRawConstantValue()}',\n");
        }

        text.Append("] as const;\n\nexport type ErrorCode = (typeof errorCodes)[number];\n\n");
    }

    private static void WriteRecord(StringBuilder text, Type type)
    {
        var generic = type.IsGenericTypeDefinition ? "<T>" : string.Empty;
        var properties = type.GetProperties();
        if (properties.Length == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"export type {NameOf(type)} = Record<string, never>;\n\n");
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"export interface {NameOf(type)}{generic} {{\n");
        foreach (var property in properties)
        {
            var isCode = type == typeof(HubError) && property.Name == nameof(HubError.Code);
            text.Append(CultureInfo.InvariantCulture, $"  {Camel(property.Name)}: {(isCode ? "ErrorCode" : TypeOf(Nullability.Create(property)))};\n");
        }

        text.Append("}\n\n");
    }

    private static void WriteHub(StringBuilder text)
    {
        text.Append("/** What the client calls. */\nexport interface MeetingHub {\n");
        foreach (var method in typeof(IMeetingHub).GetMethods())
        {
            var parameter = method.GetParameters().SingleOrDefault();
            var request = parameter is null ? string.Empty : $"request: {TypeOf(Nullability.Create(parameter))}";
            text.Append(CultureInfo.InvariantCulture, $"  {method.Name}({request}): Promise<{TypeOf(Nullability.Create(method.ReturnParameter).GenericTypeArguments[0])}>;\n");
        }

        text.Append("}\n\n");
    }

    private static void WriteClient(StringBuilder text)
    {
        text.Append("/** What the server calls. */\nexport interface MeetingClient {\n");
        foreach (var method in typeof(IMeetingClient).GetMethods())
        {
            var parameter = method.GetParameters().Single();
            text.Append(CultureInfo.InvariantCulture, $"  {method.Name}({parameter.Name}: {TypeOf(Nullability.Create(parameter))}): void;\n");
        }

        text.Append("}\n");
    }

    private static string TypeOf(NullabilityInfo info)
    {
        var type = info.Type;
        var nullable = info.ReadState == NullabilityState.Nullable && !type.IsGenericParameter;
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        var name = BaseTypeOf(underlying, info);
        return nullable || (type.IsGenericParameter && info.ReadState == NullabilityState.Nullable) ? $"{name} | null" : name;
    }

    private static string BaseTypeOf(Type type, NullabilityInfo info)
    {
        if (type == typeof(string) || type == typeof(DateTimeOffset))
        {
            return "string";
        }

        if (type == typeof(bool))
        {
            return "boolean";
        }

        if (type.IsPrimitive)
        {
            return "number";
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return $"{TypeOf(info.GenericTypeArguments[0])}[]";
        }

        return type.IsGenericType ? $"{NameOf(type)}<{string.Join(", ", info.GenericTypeArguments.Select(TypeOf))}>" : type.Name;
    }

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
