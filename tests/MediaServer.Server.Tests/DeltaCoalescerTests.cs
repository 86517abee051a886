using MediaServer.Meetings;
using MediaServer.Meetings.Participants;
using MediaServer.Server.Grains;

namespace MediaServer.Server.Tests;

/// <summary>Whatever somebody's snapshot showed, the next delta leads from it to the present.</summary>
public sealed class DeltaCoalescerTests
{
    private readonly DeltaCoalescer _deltas = new();
    private readonly Meeting _meeting = new();

    [Fact]
    public void Who_joins_and_leaves_within_one_delta_is_reported_as_left()
    {
        // Vera joined between Boris' coming and going: her snapshot holds him.
        _deltas.Add(new ParticipantJoined(Person("boris", 2)));
        _deltas.Add(new ParticipantJoined(Person("vera", 3)));
        _deltas.Add(new ParticipantLeft(new ParticipantId("boris"), LeaveReason.Left));

        var delta = _deltas.Take(_meeting);

        Assert.Equal("vera", Assert.Single(delta.Joined).Id);
        Assert.Equal(["boris"], delta.Left);
        Assert.True(_deltas.IsEmpty);
    }

    [Fact]
    public void Who_leaves_and_comes_back_within_one_delta_is_an_update()
    {
        _deltas.Add(new ParticipantLeft(new ParticipantId("boris"), LeaveReason.Lost));
        _deltas.Add(new ParticipantJoined(Person("boris", 2)));

        var delta = _deltas.Take(_meeting);

        Assert.Empty(delta.Joined);
        Assert.Empty(delta.Left);
        Assert.Equal("boris", Assert.Single(delta.Updated).Id);
    }

    [Fact]
    public void Only_the_latest_state_goes_out()
    {
        _deltas.Add(new ParticipantJoined(Person("boris", 2)));
        _deltas.Add(new ParticipantUpdated(Person("boris", 2) with { Connected = false }, true));

        var delta = _deltas.Take(_meeting);

        Assert.False(Assert.Single(delta.Joined).Connected);
        Assert.Empty(delta.Updated);
    }

    private static ParticipantState Person(string id, uint number) =>
        new(new ParticipantId(id), number, id, new Devices(true, true, false), true, DateTimeOffset.UnixEpoch);
}
