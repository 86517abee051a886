using System.Buffers;
using System.Text;
using MessagePack;
using MessagePack.Resolvers;

namespace MediaServer.LoadTest.Signalling;

internal enum HubMessageType
{
    Invocation = 1,
    Completion = 3,
    Ping = 6,
    Close = 7,
}

/// <summary>
/// The MessagePack protocol of SignalR (aspnetcore, src/SignalR/docs/specs/HubProtocol.md): each message is an array behind its length in LEB128.
/// Only what a client needs that skips most of what it is told, so that thousands of them fit into one process.
/// </summary>
internal static class HubFrame
{
    /// <summary>The record separator that ends the JSON handshake.</summary>
    public const byte HandshakeEnd = 0x1E;

    public static readonly byte[] Handshake = Encoding.UTF8.GetBytes("{\"protocol\":\"messagepack\",\"version\":1}\u001e");
    public static readonly byte[] Ping = [2, 0x91, (byte)HubMessageType.Ping];

    private static readonly MessagePackSerializerOptions Options = MessagePackSerializerOptions.Standard.WithResolver(
        CompositeResolver.Create(DynamicEnumAsStringResolver.Instance, ContractlessStandardResolver.Instance));

    /// <summary>An invocation that wants an answer.</summary>
    public static byte[] Invocation(string invocationId, string target, object? argument)
    {
        var body = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(body);
        writer.WriteArrayHeader(6);
        writer.Write((int)HubMessageType.Invocation);
        writer.WriteMapHeader(0);
        writer.Write(invocationId);
        writer.Write(target);
        writer.WriteArrayHeader(argument is null ? 0 : 1);
        if (argument is not null)
        {
            MessagePackSerializer.Serialize(argument.GetType(), ref writer, argument, Options);
        }

        writer.WriteArrayHeader(0);
        writer.Flush();
        var prefix = new byte[5];
        var prefixLength = WriteLength(prefix, body.WrittenCount);
        return [.. prefix.AsSpan(0, prefixLength), .. body.WrittenSpan];
    }

    public static int WriteLength(Span<byte> target, int length)
    {
        var count = 0;
        do
        {
            target[count] = (byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0));
            length >>= 7;
            count++;
        }
        while (length > 0);
        return count;
    }

    /// <summary>Cuts the first message off <paramref name="bytes"/>; false when it is not there in full.</summary>
    public static bool TryRead(ref ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> message)
    {
        message = default;
        var length = 0;
        var span = bytes.Span;
        for (var i = 0; i < Math.Min(5, span.Length); i++)
        {
            length |= (span[i] & 0x7F) << (7 * i);
            if ((span[i] & 0x80) == 0)
            {
                if (span.Length < i + 1 + length)
                {
                    return false;
                }

                message = bytes.Slice(i + 1, length);
                bytes = bytes[(i + 1 + length)..];
                return true;
            }
        }

        return false;
    }
}
