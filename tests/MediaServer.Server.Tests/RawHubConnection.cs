using System.Net.WebSockets;
using System.Text;

namespace MediaServer.Server.Tests;

/// <summary>A WebSocket to the hub without a SignalR client in between: says what no client says.</summary>
internal sealed class RawHubConnection : IAsyncDisposable
{
    private const char EndOfMessage = '\u001e';
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    public bool IsOpen => _socket.State == WebSocketState.Open;

    public static async Task<RawHubConnection> Open(Uri server, string? protocol)
    {
        var connection = new RawHubConnection();
        await connection._socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = "/hub" }.Uri, CancellationToken.None);
        if (protocol is not null)
        {
            await connection.SendText($$"""{"protocol":"{{protocol}}","version":1}""");
            Assert.Equal("{}" + EndOfMessage, await connection.Receive());
        }

        return connection;
    }

    /// <summary>False when the server has hung up.</summary>
    public Task<bool> SendText(string json) => Send(Encoding.UTF8.GetBytes(json + EndOfMessage), WebSocketMessageType.Text);

    /// <summary>MessagePack in SignalR's framing: the length as a base-128 number, low part first.</summary>
    public Task<bool> SendMessagePack(byte[] message)
    {
        var frame = new List<byte>();
        var length = message.Length;
        do
        {
            frame.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return SendBytes([.. frame, .. message]);
    }

    public Task<bool> SendBytes(byte[] bytes) => Send(bytes, WebSocketMessageType.Binary);

    /// <summary>The next message as text; null when the server hung up.</summary>
    public async Task<string?> Receive()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            var result = await _socket.ReceiveAsync(_buffer, timeout.Token);
            return result.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(_buffer, 0, result.Count);
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    /// <summary>Reads past pings until something matches.</summary>
    public async Task<string> ReceiveUntil(Func<string, bool> matches)
    {
        var deadline = Environment.TickCount64 + 20_000;
        while (await Receive() is { } message)
        {
            Assert.True(Environment.TickCount64 < deadline, "nothing but pings");
            if (message.Split(EndOfMessage).FirstOrDefault(matches) is { } found)
            {
                return found;
            }
        }

        return "hung up";
    }

    public async Task AssertHungUp()
    {
        var deadline = Environment.TickCount64 + 20_000;
        while (await Receive() is not null)
        {
            Assert.True(Environment.TickCount64 < deadline, "the server holds on");
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> Send(byte[] bytes, WebSocketMessageType type)
    {
        try
        {
            await _socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None);
            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }
}
