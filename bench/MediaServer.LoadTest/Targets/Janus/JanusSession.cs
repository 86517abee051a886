using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MediaServer.LoadTest.Targets.Janus;

/// <summary>Janus refused a request.</summary>
internal sealed class JanusException(string message) : Exception(message);

/// <summary>One session of the Janus API over one WebSocket; each participant is a handle in it. Requests are matched to answers by transaction.</summary>
internal sealed class JanusSession : IAsyncDisposable
{
    private const int BufferSize = 65_536;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _pending = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private Task _receiving = Task.CompletedTask;
    private long _session;
    private int _transactions;
    private int _hangups;

    private JanusSession() => _socket.Options.AddSubProtocol("janus-protocol");

    /// <summary>Peer connections that Janus has given up.</summary>
    public int Hangups => Volatile.Read(ref _hangups);

    public static async Task<JanusSession> Open(Uri url, CancellationToken cancellationToken)
    {
        var session = new JanusSession();
        try
        {
            await session._socket.ConnectAsync(url, cancellationToken);
            session._receiving = session.Receive();
            var created = await session.Request(new JsonObject { ["janus"] = "create" }, cancellationToken);
            session._session = created["data"]!["id"]!.GetValue<long>();
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new handle of the videoroom plugin.</summary>
    public async Task<long> Attach(CancellationToken cancellationToken)
    {
        var attached = await Request(new JsonObject { ["janus"] = "attach", ["session_id"] = _session, ["plugin"] = "janus.plugin.videoroom" }, cancellationToken);
        return attached["data"]!["id"]!.GetValue<long>();
    }

    /// <summary>A request to the plugin; the event that answers it.</summary>
    public async Task<JsonObject> Message(long handle, JsonObject body, JsonObject? description, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["janus"] = "message", ["session_id"] = _session, ["handle_id"] = handle, ["body"] = body };
        if (description is not null)
        {
            request["jsep"] = description;
        }

        var answer = await Request(request, cancellationToken);
        if (answer["plugindata"]?["data"]?["error"] is { } error)
        {
            throw new JanusException($"Janus refused \"{body["request"]}\": {error}");
        }

        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
        _closing.Dispose();
    }

    private async Task<JsonObject> Request(JsonObject request, CancellationToken cancellationToken)
    {
        var transaction = $"t{Interlocked.Increment(ref _transactions)}";
        request["transaction"] = transaction;
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[transaction] = answer;
        try
        {
            await Send(request, cancellationToken);
            return await answer.Task.WaitAsync(RequestTimeout, cancellationToken);
        }
        finally
        {
            _pending.TryRemove(transaction, out _);
        }
    }

    private async Task Send(JsonObject message, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message);
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task Receive()
    {
        using var message = new MemoryStream();
        var buffer = new byte[BufferSize];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), _closing.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    throw new IOException("Janus closed the connection.");
                }

                message.Write(buffer, 0, received.Count);
                if (received.EndOfMessage)
                {
                    OnMessage((JsonObject)JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            foreach (var pending in _pending.Values)
            {
                pending.TrySetException(new IOException($"The connection to Janus has ended: {exception.Message}"));
            }
        }
    }

    private void OnMessage(JsonObject message)
    {
        var kind = message["janus"]?.GetValue<string>();
        if (kind == "hangup")
        {
            Interlocked.Increment(ref _hangups);
        }

        // The "ack" only says that an event will follow under the same transaction.
        if (kind == "ack" || message["transaction"]?.GetValue<string>() is not { } transaction || !_pending.TryGetValue(transaction, out var pending))
        {
            return;
        }

        if (kind == "error")
        {
            pending.TrySetException(new JanusException($"Janus refused: {message["error"]?["reason"]}"));
        }
        else
        {
            pending.TrySetResult(message);
        }
    }
}
