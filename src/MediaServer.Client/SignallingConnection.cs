using System.Text.Json;
using System.Text.Json.Serialization;
using MediaServer.Contracts;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace MediaServer.Client;

/// <summary>The hub, typed. Refusals become <see cref="MeetingException"/>.</summary>
internal sealed class SignallingConnection : IAsyncDisposable
{
    private readonly HubConnection _hub;

    public SignallingConnection(Uri server)
    {
        _hub = new HubConnectionBuilder()
            .WithUrl(new Uri(server, "/hub"))
            .AddJsonProtocol(options => options.PayloadSerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase)))
            .WithAutomaticReconnect(new RetryForEver())
            .Build();
        _hub.ServerTimeout = TimeSpan.FromSeconds(15);
        _hub.KeepAliveInterval = TimeSpan.FromSeconds(5);
        _hub.Reconnected += _ => Reconnected?.Invoke() ?? Task.CompletedTask;
    }

    /// <summary>The connection is back; the server knows nothing of it yet.</summary>
    public event Func<Task>? Reconnected;

    public void OnPush<T>(string method, Action<T> handler) => _hub.On(method, handler);

    public Task Start(CancellationToken cancellationToken) => _hub.StartAsync(cancellationToken);

    public async Task<T> Call<T>(string method, object? request, CancellationToken cancellationToken)
        where T : class
    {
        object?[] arguments = request is null ? [] : [request];
        var result = await _hub.InvokeCoreAsync<HubResult<T>>(method, arguments, cancellationToken);
        return result.Value ?? throw new MeetingException(result.Error ?? new HubError(ErrorCodes.Internal, "The server gave no answer."));
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    private sealed class RetryForEver : IRetryPolicy
    {
        public TimeSpan? NextRetryDelay(RetryContext retryContext) => TimeSpan.FromSeconds(Math.Min(retryContext.PreviousRetryCount * 0.5, 5));
    }
}
