namespace MediaServer.Protocol.Tests.Harness;

internal static class Allocations
{
    /// <summary>Bytes that <paramref name="action"/> allocates in 500 runs, after a warm-up.</summary>
    public static long Of(Action action)
    {
        const int warmUp = 200;
        const int measured = 500;
        for (var i = 0; i < warmUp; i++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < measured; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
