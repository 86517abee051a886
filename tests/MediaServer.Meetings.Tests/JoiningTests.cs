using MediaServer.Meetings.Participants;

namespace MediaServer.Meetings.Tests;

public sealed class JoiningTests
{
    private readonly Scenario _meeting = new();

    [Fact]
    public void Who_joins_gets_the_next_number_and_the_devices_asked_for()
    {
        var anna = _meeting.Join("anna", "Анна Петрова", Scenario.MicrophoneOn);
        var boris = _meeting.Join("boris");

        var expected = new ParticipantState(new("anna"), 1, "Анна Петрова", Scenario.MicrophoneOn, true, Scenario.Start);
        Assert.Equal([new ParticipantJoined(expected)], anna.Events);
        Assert.Equal([new ApplyDevices(new("anna"), Scenario.MicrophoneOn)], anna.Effects);
        Assert.Equal(2u, Assert.IsType<ParticipantJoined>(boris.Events.Single()).Participant.Number);
        Assert.Equal(2, _meeting.Meeting.Sequence);
        Assert.Equal(["Анна Петрова", "boris"], _meeting.Names);
        Assert.Equal("anna", _meeting.Meeting.ConnectionOf(new("anna")));
        Assert.Equal(expected, _meeting.Meeting.OnConnection("anna"));
    }

    [Fact]
    public void A_connection_joins_once()
    {
        _meeting.Join("anna");
        Assert.Equal("invalid_argument", _meeting.JoinIsRefused("anna", "Anna again").Code);
    }

    [Fact]
    public void A_full_meeting_refuses_until_somebody_leaves()
    {
        var small = new Scenario(capacity: 2);
        small.Join("anna");
        small.Join("boris");
        var refusal = small.JoinIsRefused("vera", "Vera");
        Assert.Equal("meeting_full", refusal.Code);
        Assert.Contains("2", refusal.Text, StringComparison.Ordinal);
        Assert.Equal("meeting_full", small.Refuses(new Resume(new("gleb"), 9, "Gleb", Scenario.AllOff, "gleb")).Code);

        // Who is in it already may come back, full or not.
        small.Accepts(new Disconnect("boris"));
        small.Resume("boris", "boris2", number: 2);

        small.Accepts(new Leave("boris2"));
        Assert.Equal(3u, Assert.IsType<ParticipantJoined>(small.Join("vera").Events.Single()).Participant.Number);
    }

    [Fact]
    public void A_number_is_not_given_twice_even_after_its_owner_has_left()
    {
        _meeting.Join("anna");
        _meeting.Accepts(new Leave("anna"));
        _meeting.Join("boris");
        Assert.Equal(2u, _meeting.Of("boris").Number);
    }

    [Fact]
    public void Leaving_closes_the_media_and_frees_the_connection()
    {
        _meeting.Join("anna");
        var left = _meeting.Accepts(new Leave("anna"));

        Assert.Equal([new ParticipantLeft(new("anna"), LeaveReason.Left)], left.Events);
        Assert.Equal([new CloseMedia(new("anna"))], left.Effects);
        Assert.Equal(0, _meeting.Meeting.Count);
        Assert.Null(_meeting.Meeting.OnConnection("anna"));
        Assert.Equal("not_joined", _meeting.Refuses(new Leave("anna")).Code);
        _meeting.Join("anna", "Anna, a second time");
    }

    [Fact]
    public void Devices_are_told_to_others_only_when_they_change()
    {
        _meeting.Join("anna");
        var changed = _meeting.Accepts(new SetDevices("anna", new Devices(true, true, false)));
        Assert.Equal(new ParticipantUpdated(_meeting.Of("anna"), WasProminent: false), changed.Events.Single());
        Assert.Equal(new ApplyDevices(new("anna"), new Devices(true, true, false)), changed.Effects.Single());

        var same = _meeting.Accepts(new SetDevices("anna", new Devices(true, true, false)));
        Assert.Empty(same.Events);
        Assert.Empty(same.Effects);
    }

    [Fact]
    public void A_connection_that_has_not_joined_can_do_nothing()
    {
        _meeting.Join("anna");
        Assert.Equal("not_joined", _meeting.Refuses(new SetDevices("stranger", Scenario.MicrophoneOn)).Code);
        Assert.Equal("not_joined", _meeting.Refuses(new Leave("stranger")).Code);
        Assert.Empty(_meeting.Accepts(new Disconnect("stranger")).Events);
        Assert.Empty(_meeting.Accepts(new MediaClosed(new("stranger"), true)).Effects);
    }
}
