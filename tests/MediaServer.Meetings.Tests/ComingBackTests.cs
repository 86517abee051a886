using MediaServer.Meetings.Participants;

namespace MediaServer.Meetings.Tests;

/// <summary>Reload, lost network, second tab, server restart: the same participant returns.</summary>
public sealed class ComingBackTests
{
    private readonly Scenario _meeting = new();

    [Fact]
    public void A_reload_is_seen_as_a_blink_and_not_as_leaving()
    {
        _meeting.Join("anna", devices: Scenario.MicrophoneOn);
        var lost = _meeting.Accepts(new Disconnect("anna"));
        Assert.Equal([new ParticipantUpdated(_meeting.Of("anna"), WasProminent: true)], lost.Events);
        Assert.False(_meeting.Of("anna").Connected);
        Assert.Empty(lost.Effects);

        _meeting.Wait(3);
        var back = _meeting.Resume("anna", "anna-reloaded", devices: Scenario.AllOff);
        Assert.Equal([new ParticipantUpdated(_meeting.Of("anna"), WasProminent: true)], back.Events);
        Assert.Equal([new ApplyDevices(new("anna"), Scenario.AllOff)], back.Effects);
        Assert.True(_meeting.Of("anna").Connected);
        Assert.Equal(Scenario.Start, _meeting.Of("anna").JoinedAt);
        Assert.Equal("anna-reloaded", _meeting.Meeting.ConnectionOf(new("anna")));
        Assert.Empty(_meeting.Wait(300));
    }

    [Fact]
    public void A_second_tab_takes_over_and_the_first_is_told()
    {
        _meeting.Join("anna");
        var second = _meeting.Resume("anna", "tab2");
        Assert.Equal([new ReplaceConnection(new("anna"), "anna"), new ApplyDevices(new("anna"), Scenario.AllOff)], second.Effects);
        Assert.Equal(1, _meeting.Meeting.Count);
        Assert.Null(_meeting.Meeting.OnConnection("anna"));

        // The first tab closes: that is no loss of the participant.
        Assert.Empty(_meeting.Accepts(new Disconnect("anna")).Events);
        Assert.True(_meeting.Of("anna").Connected);
        Assert.Equal("not_joined", _meeting.Refuses(new SetDevices("anna", Scenario.MicrophoneOn)).Code);
    }

    [Fact]
    public void Asking_for_a_snapshot_on_the_same_connection_replaces_nobody()
    {
        _meeting.Join("anna");
        var again = _meeting.Resume("anna", "anna");
        Assert.Equal([new ApplyDevices(new("anna"), Scenario.AllOff)], again.Effects);
    }

    [Fact]
    public void A_connection_that_is_somebody_cannot_become_somebody_else()
    {
        _meeting.Join("anna");
        _meeting.Join("boris");
        Assert.Equal("invalid_argument", _meeting.Refuses(new Resume(new("anna"), 1, "Anna", Scenario.AllOff, "boris")).Code);
        Assert.Equal("invalid_argument", _meeting.Refuses(new Resume(new("forgotten"), 7, "Gleb", Scenario.AllOff, "boris")).Code);
    }

    [Fact]
    public void After_a_restart_participants_keep_their_numbers_and_newcomers_get_fresh_ones()
    {
        _meeting.Resume("anna", "c1", number: 7);
        _meeting.Resume("boris", "c2", number: 3);
        _meeting.Join("vera");

        Assert.Equal((7u, 3u, 8u), (_meeting.Of("anna").Number, _meeting.Of("boris").Number, _meeting.Of("vera").Number));
        Assert.Equal(["boris", "anna", "vera"], _meeting.Names);
    }

    [Fact]
    public void After_a_restart_a_number_that_a_newcomer_has_taken_is_replaced()
    {
        _meeting.Join("newcomer");
        var back = _meeting.Resume("anna", "c1", number: 1);
        Assert.Equal(2u, Assert.IsType<ParticipantJoined>(back.Events.Single()).Participant.Number);
        _meeting.Join("next");
        Assert.Equal(3u, _meeting.Of("next").Number);
    }
}
