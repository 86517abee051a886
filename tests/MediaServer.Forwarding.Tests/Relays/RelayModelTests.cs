namespace MediaServer.Forwarding.Tests.Relays;

/// <summary>
/// Joined routers behave as one: whatever people do, and however messages and packets are delayed, once things have settled everybody sees
/// and hears what they would on a single router; and when all have gone nothing is left.
/// </summary>
public class RelayModelTests
{
    private const int Steps = 350;
    private const int MaxPresent = 10;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void JoinedRoutersBehaveAsOne(int seed)
    {
        var random = new Random(seed);
        var worlds = new TwoWorlds(shards: 3, seed);
        var last = 0;
        var compared = 0;
        for (var step = 0; step < Steps; step++)
        {
            var present = worlds.Present.ToArray();
            Act(worlds, random, present, ref last);
            worlds.Advance(random.Next(20));
            if (step % 10 == 9 && worlds.Present.Count > 0)
            {
                var speakers = worlds.Present.ToArray();
                random.Shuffle(speakers);
                worlds.Compare([.. speakers.Take(3)], $"seed {seed}, step {step}");
                compared++;
            }
        }

        Assert.True(compared > Steps / 15);
        foreach (var number in worlds.Present.ToArray())
        {
            worlds.Leave(number, byPeer: number % 2 == 0);
        }

        worlds.Advance(200);
        Assert.All(worlds.Joined.Routers, r => Assert.Equal((0, 0, 0, 0), r.Router.RelayCounts));
    }

    private static void Act(TwoWorlds worlds, Random random, int[] present, ref int last)
    {
        var someone = present.Length == 0 ? 0 : present[random.Next(present.Length)];
        switch (present.Length == 0 ? 0 : random.Next(20))
        {
            case 0 or 1 or 2:
                if (present.Length < MaxPresent)
                {
                    worlds.Join(++last, random.Next(1, 4));
                }

                return;

            case 3 or 4:
                worlds.Leave(someone, byPeer: random.Next(2) == 0);
                return;

            case 5 or 6 or 7:
                worlds.Move(someone, random.Next(1, 4));
                return;

            case 8:
                worlds.SetGate(someone, random.Next(2) == 0 ? "camera" : "mic", random.Next(3) > 0);
                return;

            default:
                // Mostly somebody who is here, but also those who have gone, who come next, and nobody.
                int? wanted = random.Next(6) switch
                {
                    0 => null,
                    1 => random.Next(1, last + 3),
                    _ => present[random.Next(present.Length)],
                };
                worlds.Assign(someone, $"v{random.Next(2)}", wanted);
                return;
        }
    }
}
