using System.Diagnostics;

namespace MediaServer.MediaPlane.Tests.Harness;

/// <summary>Waits for what another thread brings about.</summary>
internal static class Soon
{
    public static void True(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"did not happen: {what}");
            Thread.Sleep(1);
        }
    }
}
