using System.Data.Common;
using System.Net.Sockets;
using MediaServer.Server;

var builder = WebApplication.CreateBuilder(args);
try
{
    builder.AddMediaServer();
    await using var app = builder.Build();
    await app.StartMediaServer();
    await app.StartAsync();
    foreach (var url in app.Urls)
    {
        Console.WriteLine($"MediaServer is ready: {url.Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal)}");
    }

    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or DllNotFoundException or IOException
    or UnauthorizedAccessException or SocketException or DbException)
{
    // Configuration errors deserve a sentence, not a stack trace.
    await Console.Error.WriteLineAsync($"MediaServer cannot start: {exception.Message}");
    return 1;
}
