namespace MediaServer.Server.Tests;

/// <summary>Waits for something that other threads bring about.</summary>
internal static class Eventually
{
    public static async Task True(Func<bool> condition, string what, int seconds = 20)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"did not happen within {seconds} s: {what}");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
