using MediaServer.Meetings.Participants;

namespace MediaServer.Meetings.Tests;

/// <summary>What an accepted command brought about.</summary>
internal sealed record Answer(MeetingEvent[] Events, MeetingEffect[] Effects);

/// <summary>A meeting on a fake clock, told what happens in the words of those who use it.</summary>
internal sealed class Scenario(int capacity = Meeting.DefaultCapacity)
{
    public static readonly DateTimeOffset Start = new(2030, 9, 2, 8, 30, 0, TimeSpan.Zero);
    public static readonly Devices AllOff = new(false, false, false);
    public static readonly Devices MicrophoneOn = new(true, false, false);

    public Meeting Meeting { get; } = new(capacity);

    public DateTimeOffset Now { get; private set; } = Start;

    public IEnumerable<string> Names => Meeting.Roster.All.Select(p => p.DisplayName);

    /// <summary>Joins under an id that equals the connection, which keeps conversations short.</summary>
    public Answer Join(string connection, string? name = null, Devices devices = default) =>
        Accepts(new Join(new ParticipantId(connection), name ?? connection, devices, connection));

    public Rejected JoinIsRefused(string connection, string? name) =>
        Refuses(new Join(new ParticipantId(connection), name, AllOff, connection));

    /// <summary>Comes back with the token that <paramref name="id"/> got at the first join.</summary>
    public Answer Resume(string id, string connection, uint number = 1, Devices devices = default) =>
        Accepts(new Resume(new ParticipantId(id), number, id, devices, connection));

    public Answer Accepts(MeetingCommand command)
    {
        var before = Meeting.Sequence;
        var accepted = Assert.IsType<Accepted>(Meeting.Handle(command, Now));
        Assert.Equal(before + accepted.Events.Length, Meeting.Sequence);
        return new Answer([.. accepted.Events], [.. accepted.Effects]);
    }

    public Rejected Refuses(MeetingCommand command)
    {
        var (before, participants) = (Meeting.Sequence, Meeting.Roster.All.ToArray());
        var rejected = Assert.IsType<Rejected>(Meeting.Handle(command, Now));
        Assert.Equal(before, Meeting.Sequence);
        Assert.Equal(participants, Meeting.Roster.All);
        Assert.NotEmpty(rejected.Text);
        return rejected;
    }

    /// <summary>Lets the clock tick once a second, as the grain does; returns who was removed.</summary>
    public List<string> Wait(double seconds)
    {
        var gone = new List<string>();
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (Now < end)
        {
            Now = Now.AddSeconds(1) < end ? Now.AddSeconds(1) : end;
            gone.AddRange(Accepts(new Tick()).Events.Cast<ParticipantLeft>().Select(left => left.Participant.Value));
        }

        return gone;
    }

    public ParticipantState Of(string id) => Meeting.Find(new ParticipantId(id)) ?? throw new InvalidOperationException($"{id} is not in the meeting");
}
