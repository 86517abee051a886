using MediaServer.Server.Media;

namespace MediaServer.Server.Tests;

public sealed class ShardPlacementTests
{
    [Fact]
    public void A_lesson_stays_on_its_home_shard()
    {
        var placement = new ShardPlacement(4, 150);
        var home = placement.OpenRoom("lesson");
        Assert.All(Enumerable.Range(0, 150), _ => Assert.Equal(home, placement.Place("lesson")));
        Assert.NotEqual(home, placement.Place("lesson"));
    }

    [Fact]
    public void A_large_meeting_fills_one_shard_after_the_other()
    {
        var placement = new ShardPlacement(4, 10);
        placement.OpenRoom("council");
        var shards = Enumerable.Range(0, 40).Select(_ => placement.Place("council")).ToList();
        Assert.All(shards.Chunk(10), chunk => Assert.Single(chunk.Distinct()));
        Assert.Equal(4, shards.Distinct().Count());
    }

    [Fact]
    public void Beyond_the_limit_everywhere_it_spreads_evenly()
    {
        var placement = new ShardPlacement(3, 10);
        for (var i = 0; i < 90; i++)
        {
            placement.Place("council");
        }

        Assert.All(Enumerable.Range(0, 3), shard => Assert.Equal(30, placement.LoadOf(shard)));
    }

    [Fact]
    public void Meetings_begin_on_different_shards()
    {
        var placement = new ShardPlacement(3, 150);
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(i => placement.OpenRoom($"lesson {i}")).Order());
    }

    [Fact]
    public void What_overflows_goes_to_the_least_loaded_shard()
    {
        var placement = new ShardPlacement(3, 2);
        var council = placement.OpenRoom("council");
        var lesson = placement.OpenRoom("lesson");
        placement.Place("lesson");
        Assert.Equal([council, council], [placement.Place("council"), placement.Place("council")]);
        Assert.DoesNotContain(placement.Place("council"), new[] { council, lesson });
    }

    [Fact]
    public void Rooms_of_one_meeting_share_its_home()
    {
        var placement = new ShardPlacement(5, 150);
        var home = placement.OpenRoom("lesson");
        placement.OpenRoom("other");
        Assert.Equal(home, placement.OpenRoom("lesson"));
    }

    [Fact]
    public void Who_leaves_makes_room_and_nothing_is_left_behind()
    {
        var placement = new ShardPlacement(2, 1);
        var home = placement.OpenRoom("lesson");
        Assert.Equal(home, placement.Place("lesson"));
        Assert.Equal(1 - home, placement.Place("lesson"));
        placement.Release("lesson", home);
        Assert.Equal(home, placement.Place("lesson"));
        placement.Release("lesson", home);
        placement.Release("lesson", 1 - home);
        placement.CloseRoom("lesson");
        Assert.Equal(0, placement.LoadOf(0) + placement.LoadOf(1));
        Assert.Equal(0, placement.Meetings);
    }
}
