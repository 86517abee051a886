using System.Buffers;
using System.Net.WebSockets;
using MediaServer.Contracts;
using MessagePack;

namespace MediaServer.LoadTest.Signalling;

/// <summary>
/// One signalling connection: a WebSocket to the hub without the negotiate request, the MessagePack protocol, one call at a time. Pushes are counted
/// and not looked into, but for those that end the call.
/// </summary>
internal sealed class HubClient : IAsyncDisposable
{
    private const int FirstBuffer = 4096;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(60);
    private readonly ClientWebSocket _socket = new();
    private readonly HubTraffic _traffic;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private TaskCompletionSource<ReadOnlyMemory<byte>>? _pending;
    private string _pendingId = string.Empty;
    private Task _receiving = Task.CompletedTask;
    private int _calls;
    private bool _disposed;

    private HubClient(HubTraffic traffic)
    {
        _traffic = traffic;
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    /// <summary>Why the connection or the participation ended, null while it goes on.</summary>
    public string? Ended { get; private set; }

    /// <exception cref="WebSocketException">The server does not accept.</exception>
    public static async Task<HubClient> Connect(Uri server, HttpMessageInvoker http, HubTraffic traffic, CancellationToken cancellationToken)
    {
        var client = new HubClient(traffic);
        try
        {
            var address = new UriBuilder(server) { Scheme = server.Scheme == "https" ? "wss" : "ws", Path = "/hub" }.Uri;
            await client._socket.ConnectAsync(address, http, cancellationToken);
            await client.Send(HubFrame.Handshake, cancellationToken);
            var left = await client.ReadHandshake(cancellationToken);
            client._receiving = client.Receive(left);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>The text members of the result.</summary>
    /// <exception cref="RefusedException">The server refused.</exception>
    /// <exception cref="IOException">The connection is gone.</exception>
    /// <exception cref="TimeoutException">No answer within a minute.</exception>
    public async Task<IReadOnlyDictionary<string, string>> Call(string method, object? argument, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pendingId = $"{++_calls}";
        _pending = answer;
        if (Ended is not null)
        {
            throw new IOException($"The signalling connection has ended: {Ended}");
        }

        await Send(HubFrame.Invocation(_pendingId, method, argument), cancellationToken);
        return HubReply.Read(method, await answer.Task.WaitAsync(CallTimeout, cancellationToken));
    }

    /// <summary>The server gives up on a client that says nothing for 15 s.</summary>
    public async Task Ping()
    {
        if (Ended is null)
        {
            try
            {
                await Send(HubFrame.Ping, CancellationToken.None);
            }
            catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or IOException)
            {
                End("ping failed");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _closing.CancelAsync();
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
        _closing.Dispose();
    }

    private async Task Send(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Reads up to the end of the handshake's answer; what follows it belongs to the protocol.</summary>
    private async Task<byte[]> ReadHandshake(CancellationToken cancellationToken)
    {
        var buffer = new byte[512];
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            length += received.Count;
            var end = Array.IndexOf(buffer, HubFrame.HandshakeEnd, 0, length);
            if (end >= 0)
            {
                return buffer[..end].AsSpan().IndexOf("error"u8) < 0
                    ? buffer[(end + 1)..length]
                    : throw new IOException($"The hub refuses the protocol: {System.Text.Encoding.UTF8.GetString(buffer, 0, end)}");
            }

            if (received.MessageType == WebSocketMessageType.Close || length == buffer.Length)
            {
                throw new IOException("The hub gave no handshake.");
            }
        }
    }

    private async Task Receive(byte[] left)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        left.CopyTo(buffer, 0);
        var length = left.Length;
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(length), _closing.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    End("closed by the server");
                    return;
                }

                length += received.Count;
                _traffic.OnBytes(received.Count);
                ReadOnlyMemory<byte> rest = buffer.AsMemory(0, length);
                while (HubFrame.TryRead(ref rest, out var message))
                {
                    OnMessage(message);
                }

                length = rest.Length;
                buffer = MakeRoom(buffer, rest);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or MessagePackSerializationException)
        {
            End(_closing.IsCancellationRequested ? "disposed" : exception.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Moves what is left to the start of a buffer that has room for more, and gives a large one back as soon as it is not needed.</summary>
    private static byte[] MakeRoom(byte[] buffer, ReadOnlyMemory<byte> rest)
    {
        var size = rest.Length > buffer.Length / 2 ? buffer.Length * 2 : rest.Length < FirstBuffer / 2 ? FirstBuffer : buffer.Length;
        var target = size == buffer.Length || (size == FirstBuffer && buffer.Length <= 2 * FirstBuffer) ? buffer : ArrayPool<byte>.Shared.Rent(size);
        rest.Span.CopyTo(target);
        if (target != buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return target;
    }

    private void OnMessage(ReadOnlyMemory<byte> message)
    {
        var reader = new MessagePackReader(message);
        reader.ReadArrayHeader();
        switch ((HubMessageType)reader.ReadInt32())
        {
            case HubMessageType.Completion:
                OnCompletion(ref reader, message);
                break;
            case HubMessageType.Invocation:
                reader.Skip();
                reader.Skip();
                OnPush(reader.ReadString()!, message.Length);
                break;
            case HubMessageType.Close:
                End("the hub closed the connection");
                break;
        }
    }

    private void OnCompletion(ref MessagePackReader reader, ReadOnlyMemory<byte> message)
    {
        const int errorKind = 1;
        const int resultKind = 3;
        reader.Skip();
        if (reader.ReadString() != _pendingId || _pending is not { } pending)
        {
            return;
        }

        switch (reader.ReadInt32())
        {
            case resultKind:
                // A copy: the buffer is used again.
                pending.TrySetResult(message[(int)reader.Consumed..].ToArray());
                break;
            case errorKind:
                pending.TrySetException(new IOException($"The hub failed: {reader.ReadString()}"));
                break;
            default:
                pending.TrySetException(new IOException("The hub answered without a result."));
                break;
        }
    }

    private void OnPush(string target, int bytes)
    {
        _traffic.OnPush(target, bytes);
        if (target == nameof(IMeetingClient.Ended))
        {
            End("the meeting ended this participation");
        }
    }

    private void End(string reason)
    {
        Ended ??= reason;
        _pending?.TrySetException(new IOException($"The signalling connection has ended: {reason}"));
        _ = _pending?.Task.Exception;
    }
}
