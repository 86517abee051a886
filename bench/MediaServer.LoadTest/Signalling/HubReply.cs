using MessagePack;

namespace MediaServer.LoadTest.Signalling;

/// <summary>The server refused a call.</summary>
internal sealed class RefusedException(string method, string code, string message) : Exception($"{method} was refused: {message} ({code})")
{
    public string Code { get; } = code;
}

/// <summary>Reads the text members out of a <c>HubResult</c>, and skips everything else: the participants of a large meeting, above all.</summary>
internal static class HubReply
{
    /// <exception cref="RefusedException">The result holds an error.</exception>
    public static IReadOnlyDictionary<string, string> Read(string method, ReadOnlyMemory<byte> result)
    {
        var reader = new MessagePackReader(result);
        Dictionary<string, string>? value = null;
        Dictionary<string, string>? error = null;
        for (var members = reader.ReadMapHeader(); members > 0; members--)
        {
            switch (reader.ReadString())
            {
                case "Value":
                    value = ReadTexts(ref reader);
                    break;
                case "Error":
                    error = ReadTexts(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (error is not null || value is null)
        {
            throw new RefusedException(method, error?.GetValueOrDefault("Code") ?? "none", error?.GetValueOrDefault("Message") ?? "no answer");
        }

        return value;
    }

    private static Dictionary<string, string>? ReadTexts(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        var texts = new Dictionary<string, string>();
        for (var members = reader.ReadMapHeader(); members > 0; members--)
        {
            var name = reader.ReadString()!;
            if (reader.NextMessagePackType == MessagePackType.String)
            {
                texts[name] = reader.ReadString()!;
            }
            else
            {
                reader.Skip();
            }
        }

        return texts;
    }
}
