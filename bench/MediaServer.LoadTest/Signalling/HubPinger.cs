using System.Collections.Concurrent;

namespace MediaServer.LoadTest.Signalling;

/// <summary>Keeps all signalling connections alive with one timer.</summary>
internal sealed class HubPinger : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<HubClient, bool> _clients = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public HubPinger() => _loop = Run();

    public void Add(HubClient client) => _clients[client] = true;

    public void Remove(HubClient client) => _clients.TryRemove(client, out _);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task Run()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                foreach (var client in _clients.Keys)
                {
                    await client.Ping();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }
}
