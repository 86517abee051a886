using System.Globalization;
using MediaServer.OpenSsl.Tests.Harness;
using MediaServer.Protocol.Dtls;

namespace MediaServer.OpenSsl.Tests;

[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
public sealed class AloneInTheProcess;

/// <summary>OpenSSL's memory is not the garbage collector's: what a session takes it must give back.</summary>
[Collection(nameof(LeakTests))]
public sealed class LeakTests
{
    private const int Sessions = 2000;

    /// <summary>A pair takes 10 kB and more, a forgotten certificate alone 4 kB; the noise of a round that leaks nothing is below 100 bytes a pair.</summary>
    private const long MostBytesPerPair = 500;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(60_000)]
    public void Sessions_give_back_all_native_memory(int millisecondsOfHandshake)
    {
        using var factories = new Factories();
        CreateAndDispose(factories, Sessions / 4, millisecondsOfHandshake);

        // Allocators grow in steps; a leak grows in every round.
        var growth = Math.Min(GrowthOfRound(factories, millisecondsOfHandshake), GrowthOfRound(factories, millisecondsOfHandshake));
        Assert.True(growth < Sessions * MostBytesPerPair, $"{growth / 1024} kB more after {Sessions} pairs of sessions");
    }

    private static long GrowthOfRound(Factories factories, int millisecondsOfHandshake)
    {
        var before = ResidentBytes();
        CreateAndDispose(factories, Sessions, millisecondsOfHandshake);
        return ResidentBytes() - before;
    }

    /// <summary>0: sessions that never see a datagram; 1: the server has answered a ClientHello; otherwise: connected, then closed.</summary>
    private static void CreateAndDispose(Factories factories, int count, int millisecondsOfHandshake)
    {
        for (var i = 0; i < count; i++)
        {
            using var pair = new DtlsPair(factories.Clients, factories.Servers);
            switch (millisecondsOfHandshake)
            {
                case 0:
                    break;
                case 1:
                    pair.Client.Start(pair.Now);
                    pair.Server.Receive(pair.Client.Take().Single(), pair.Now);
                    Assert.NotEmpty(pair.Server.Sent);
                    break;
                default:
                    pair.Handshake(millisecondsOfHandshake);
                    Assert.Equal(DtlsState.Connected, pair.Server.State);
                    pair.Client.Close(pair.Now);
                    pair.Deliver();
                    break;
            }
        }
    }

    private static long ResidentBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var pages = long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture);
        return pages * Environment.SystemPageSize;
    }
}
