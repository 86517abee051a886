using MediaServer.Meetings.Participants;

namespace MediaServer.Meetings.Tests;

/// <summary>When somebody who has said nothing counts as gone.</summary>
public sealed class GoneTests
{
    private static readonly ParticipantId Anna = new("anna");
    private readonly Scenario _meeting = new();

    public GoneTests() => _meeting.Join("anna");

    [Fact]
    public void Without_ever_having_had_media_one_has_a_minute()
    {
        _meeting.Accepts(new Disconnect("anna"));
        Assert.Empty(_meeting.Wait(59));
        Assert.Equal(["anna"], _meeting.Wait(1));
        Assert.Equal(0, _meeting.Meeting.Count);
    }

    [Fact]
    public void After_the_media_has_closed_one_has_twenty_seconds()
    {
        _meeting.Accepts(new MediaOpened(Anna));
        _meeting.Accepts(new MediaClosed(Anna, ConsentExpired: false));
        _meeting.Accepts(new Disconnect("anna"));
        Assert.Empty(_meeting.Wait(19));
        Assert.Equal(["anna"], _meeting.Wait(1));
    }

    [Fact]
    public void The_removal_closes_the_media_and_says_lost()
    {
        _meeting.Accepts(new Disconnect("anna"));
        Assert.Equal(new ParticipantLeft(Anna, LeaveReason.Lost), LastTick(60).Events.Single());
        Assert.Empty(_meeting.Wait(10));
    }

    [Fact]
    public void While_media_flows_a_lost_signalling_connection_removes_nobody()
    {
        _meeting.Accepts(new MediaOpened(Anna));
        _meeting.Accepts(new Disconnect("anna"));
        Assert.Empty(_meeting.Wait(3600));
        Assert.False(_meeting.Of("anna").Connected);
    }

    [Fact]
    public void With_signalling_and_consent_gone_one_is_removed_at_once()
    {
        _meeting.Accepts(new MediaOpened(Anna));
        _meeting.Accepts(new Disconnect("anna"));
        var expired = _meeting.Accepts(new MediaClosed(Anna, ConsentExpired: true));
        Assert.Equal([new ParticipantLeft(Anna, LeaveReason.Lost)], expired.Events);
        Assert.Equal([new CloseMedia(Anna)], expired.Effects);
    }

    [Fact]
    public void Media_that_closes_after_signalling_was_lost_starts_the_twenty_seconds_then()
    {
        _meeting.Accepts(new MediaOpened(Anna));
        _meeting.Accepts(new Disconnect("anna"));
        _meeting.Wait(100);
        Assert.Empty(_meeting.Accepts(new MediaClosed(Anna, ConsentExpired: false)).Effects);
        Assert.Empty(_meeting.Wait(19));
        Assert.Equal(["anna"], _meeting.Wait(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Media_lost_while_signalling_lives_is_asked_for_anew(bool consentExpired)
    {
        _meeting.Accepts(new MediaOpened(Anna));
        Assert.Equal([new AskForNewTransport(Anna)], _meeting.Accepts(new MediaClosed(Anna, consentExpired)).Effects);
        Assert.Empty(_meeting.Accepts(new MediaClosed(Anna, consentExpired)).Effects);
        Assert.Empty(_meeting.Wait(3600));
    }

    [Fact]
    public void Coming_back_in_the_last_second_is_coming_back()
    {
        _meeting.Accepts(new Disconnect("anna"));
        _meeting.Wait(59);
        _meeting.Resume("anna", "again");
        Assert.Empty(_meeting.Wait(3600));

        // And the next loss counts from anew.
        _meeting.Accepts(new Disconnect("again"));
        Assert.Empty(_meeting.Wait(59));
        Assert.Equal(["anna"], _meeting.Wait(1));
    }

    [Fact]
    public void Media_that_opens_after_signalling_was_lost_keeps_one_in()
    {
        _meeting.Accepts(new Disconnect("anna"));
        _meeting.Accepts(new MediaOpened(Anna));
        Assert.Empty(_meeting.Wait(3600));
    }

    [Fact]
    public void Several_go_in_one_tick_and_each_is_an_event_of_its_own()
    {
        _meeting.Join("boris");
        _meeting.Join("vera");
        _meeting.Accepts(new Disconnect("anna"));
        _meeting.Accepts(new Disconnect("vera"));
        var before = _meeting.Meeting.Sequence;
        var tick = LastTick(60);
        Assert.Equal([Anna, new("vera")], tick.Events.Cast<ParticipantLeft>().Select(e => e.Participant));
        Assert.Equal([new CloseMedia(Anna), new CloseMedia(new("vera"))], tick.Effects);
        Assert.Equal(before + 2, _meeting.Meeting.Sequence);
        Assert.Equal(["boris"], _meeting.Names);
    }

    /// <summary>One tick after <paramref name="seconds"/> without any before, as after a pause of the process.</summary>
    private Answer LastTick(int seconds)
    {
        var accepted = Assert.IsType<Accepted>(_meeting.Meeting.Handle(new Tick(), _meeting.Now.AddSeconds(seconds)));
        Assert.NotEmpty(accepted.Effects);
        return new Answer([.. accepted.Events], [.. accepted.Effects]);
    }
}
