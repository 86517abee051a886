using MediaServer.Meetings.Participants;

namespace MediaServer.Meetings.Tests;

/// <summary>Who is told of whom, and the list by surname.</summary>
public sealed class RosterTests
{
    private readonly Scenario _meeting = new();

    [Fact]
    public void A_lesson_knows_everybody()
    {
        JoinMany(Roster.CompleteLimit);
        Assert.True(_meeting.Meeting.Roster.IsComplete);
        var view = _meeting.Meeting.Roster.ViewFor(new("p7"));
        Assert.True(view.IsComplete);
        Assert.Equal(Roster.CompleteLimit, view.Participants.Length);
    }

    [Fact]
    public void A_crowd_knows_itself_and_who_can_be_seen_or_heard()
    {
        JoinMany(Roster.CompleteLimit);
        _meeting.Join("speaker", devices: Scenario.MicrophoneOn);
        var view = _meeting.Meeting.Roster.ViewFor(new("p7"));
        Assert.False(view.IsComplete);
        Assert.Equal(["p7", "speaker"], view.Participants.Select(p => p.Id.Value));
        Assert.Equal(["speaker"], _meeting.Meeting.Roster.ViewFor(new("speaker")).Participants.Select(p => p.Id.Value));
        Assert.True(_meeting.Meeting.Roster.IsAnnounced(_meeting.Of("speaker")));
        Assert.False(_meeting.Meeting.Roster.IsAnnounced(_meeting.Of("p7")));

        _meeting.Accepts(new SetDevices("speaker", Scenario.AllOff));
        Assert.Equal(["p7"], _meeting.Meeting.Roster.ViewFor(new("p7")).Participants.Select(p => p.Id.Value));
    }

    [Fact]
    public void A_crowd_stays_one_until_all_are_gone()
    {
        JoinMany(Roster.CompleteLimit + 1);
        for (var i = 0; i < Roster.CompleteLimit; i++)
        {
            _meeting.Accepts(new Leave($"p{i}"));
            Assert.False(_meeting.Meeting.Roster.IsComplete);
        }

        _meeting.Accepts(new Leave($"p{Roster.CompleteLimit}"));
        Assert.True(_meeting.Meeting.Roster.IsComplete);
    }

    [Fact]
    public void The_list_goes_by_surname_as_a_register_does()
    {
        string[] names = ["Борис Яковлев", "Анна Ёлкина", "John Smith", "Иванов Пётр Сергеевич", "анна абрамова", "Вера", "Пётр Иванов", "Гасанов Али оглы"];
        foreach (var name in names)
        {
            _meeting.Join(name, name);
        }

        Assert.Equal(
            ["анна абрамова", "Вера", "Гасанов Али оглы", "Анна Ёлкина", "Пётр Иванов", "Иванов Пётр Сергеевич", "Борис Яковлев", "John Smith"],
            Names(_meeting.Meeting.Roster.Page(null, 0, 100)));
    }

    [Fact]
    public void Pages_are_cut_to_what_there_is()
    {
        JoinMany(250);
        var roster = _meeting.Meeting.Roster;
        Assert.Equal((0, 100, 250), Shape(roster.Page(null, 0, 5000)));
        Assert.Equal((200, 50, 250), Shape(roster.Page("", 200, 100)));
        Assert.Equal((250, 0, 250), Shape(roster.Page(null, 9999, 100)));
        Assert.Equal((0, 1, 250), Shape(roster.Page(null, -5, -5)));
        var paged = Enumerable.Range(0, 25).SelectMany(i => Names(roster.Page(null, i * 10, 10))).ToList();
        Assert.Equal(250, paged.Distinct().Count());
    }

    [Theory]
    [InlineData("петр", 2)]
    [InlineData("ИВАНОВ", 1)]
    [InlineData(" ёлк ", 1)]
    [InlineData("елк", 1)]
    [InlineData("z", 0)]
    public void Searching_forgives_case_and_dots(string query, int found)
    {
        foreach (var name in new[] { "Пётр Иванов", "Анна Ёлкина", "Петр Кузнецов" })
        {
            _meeting.Join(name, name);
        }

        Assert.Equal(found, _meeting.Meeting.Roster.Page(query, 0, 10).Total);
    }

    [Fact]
    public void The_list_follows_every_change()
    {
        _meeting.Join("anna", "Анна Петрова");
        Assert.Equal(["Анна Петрова"], Names(_meeting.Meeting.Roster.Page(null, 0, 10)));
        _meeting.Join("boris", "Борис Андреев");
        Assert.Equal(["Борис Андреев", "Анна Петрова"], Names(_meeting.Meeting.Roster.Page(null, 0, 10)));
        _meeting.Accepts(new SetDevices("anna", Scenario.MicrophoneOn));
        Assert.True(_meeting.Meeting.Roster.Page("петрова", 0, 10).Participants.Single().Devices.Microphone);
        _meeting.Accepts(new Leave("boris"));
        Assert.Equal(["Анна Петрова"], Names(_meeting.Meeting.Roster.Page(null, 0, 10)));
    }

    private static IEnumerable<string> Names(RosterPage page) => page.Participants.Select(p => p.DisplayName);

    private static (int Offset, int Length, int Total) Shape(RosterPage page) => (page.Offset, page.Participants.Length, page.Total);

    private void JoinMany(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _meeting.Join($"p{i}");
        }
    }
}
