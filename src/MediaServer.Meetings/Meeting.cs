using System.Collections.Immutable;
using MediaServer.Meetings.Participants;

namespace MediaServer.Meetings;

/// <summary>
/// The rules of a meeting as a pure machine: commands and time in, events and effects out. One caller at a time.
/// </summary>
public sealed class Meeting
{
    public const int DefaultCapacity = 2000;

    /// <summary>Without media, how long a lost participant may take to come back. A reload closes media at once and is back in seconds.</summary>
    public static readonly TimeSpan ReturnWithoutMedia = TimeSpan.FromSeconds(20);

    /// <summary>Somebody who has never had media (no devices, blocked network) gets longer.</summary>
    public static readonly TimeSpan ReturnNeverHadMedia = TimeSpan.FromSeconds(60);

    private readonly Dictionary<ParticipantId, Member> _members = [];
    private readonly Dictionary<string, Member> _byConnection = [];
    private readonly int _capacity;
    private uint _lastNumber;

    public Meeting(int capacity = DefaultCapacity) => _capacity = capacity;

    /// <summary>Of the last event; clients that have seen it are up to date.</summary>
    public long Sequence { get; private set; }

    public int Count => _members.Count;

    public Roster Roster { get; } = new();

    public ParticipantState? Find(ParticipantId id) => _members.GetValueOrDefault(id)?.State;

    /// <summary>Who speaks on this connection; null when nobody has joined on it.</summary>
    public ParticipantState? OnConnection(string connectionId) => _byConnection.GetValueOrDefault(connectionId)?.State;

    /// <summary>The connection of a participant; null while it is lost.</summary>
    public string? ConnectionOf(ParticipantId id) => _members.GetValueOrDefault(id)?.ConnectionId;

    public MeetingOutcome Handle(MeetingCommand command, DateTimeOffset now) => command switch
    {
        Join join => OnJoin(join, now),
        Resume resume => OnResume(resume, now),
        SetDevices set => OnSetDevices(set),
        Leave leave => OnLeave(leave),
        Disconnect disconnect => OnDisconnect(disconnect, now),
        MediaOpened opened => OnMediaOpened(opened),
        MediaClosed closed => OnMediaClosed(closed, now),
        Tick => OnTick(now),
        _ => new Rejected("invalid_argument", "Unknown command."),
    };

    private static Rejected NotJoined() => new("not_joined", "This connection has not joined the meeting.");

    private Rejected Full() => new("meeting_full", $"The meeting is full: {_capacity} participants.");

    private Accepted Changed(MeetingEvent meetingEvent, params ReadOnlySpan<MeetingEffect> effects)
    {
        Sequence++;
        return new Accepted([meetingEvent], [.. effects]);
    }

    private static Accepted Unchanged(params ReadOnlySpan<MeetingEffect> effects) => new([], [.. effects]);

    private MeetingOutcome OnJoin(Join join, DateTimeOffset now)
    {
        if (!DisplayName.TryNormalise(join.DisplayName, out var name))
        {
            return new Rejected("invalid_argument", $"A name of 1-{DisplayName.MaxLength} characters is needed.");
        }

        if (_byConnection.ContainsKey(join.ConnectionId))
        {
            return new Rejected("invalid_argument", "This connection has already joined.");
        }

        return _members.Count >= _capacity
            ? Full()
            : Admit(join.Id, ++_lastNumber, name, join.Devices, join.ConnectionId, now);
    }

    private MeetingOutcome OnResume(Resume resume, DateTimeOffset now)
    {
        if (_byConnection.TryGetValue(resume.ConnectionId, out var current) && current.State.Id != resume.Id)
        {
            return new Rejected("invalid_argument", "This connection has already joined as somebody else.");
        }

        if (!_members.TryGetValue(resume.Id, out var member))
        {
            return _members.Count >= _capacity ? Full() : Admit(resume.Id, NumberFor(resume), resume.DisplayName, resume.Devices, resume.ConnectionId, now);
        }

        var effects = ImmutableArray.CreateBuilder<MeetingEffect>();
        if (member.ConnectionId is { } old && old != resume.ConnectionId)
        {
            _byConnection.Remove(old);
            effects.Add(new ReplaceConnection(resume.Id, old));
        }

        member.ConnectionId = resume.ConnectionId;
        _byConnection[resume.ConnectionId] = member;
        effects.Add(new ApplyDevices(resume.Id, resume.Devices));
        return Changed(Update(member, member.State with { Connected = true, Devices = resume.Devices }), [.. effects]);
    }

    /// <summary>The old number of a participant whom the meeting has forgotten, unless somebody else has it by now.</summary>
    private uint NumberFor(Resume resume)
    {
        var taken = Roster.HasNumber(resume.Number);
        _lastNumber = Math.Max(_lastNumber, resume.Number) + (taken ? 1u : 0);
        return taken ? _lastNumber : resume.Number;
    }

    private Accepted Admit(ParticipantId id, uint number, string name, Devices devices, string connectionId, DateTimeOffset now)
    {
        var member = new Member(new ParticipantState(id, number, name, devices, true, now)) { ConnectionId = connectionId };
        _members.Add(id, member);
        _byConnection[connectionId] = member;
        Roster.Set(member.State);
        return Changed(new ParticipantJoined(member.State), new ApplyDevices(id, devices));
    }

    private ParticipantUpdated Update(Member member, ParticipantState state)
    {
        var wasProminent = member.State.IsProminent;
        member.State = state;
        Roster.Set(state);
        return new ParticipantUpdated(state, wasProminent);
    }

    private MeetingOutcome OnSetDevices(SetDevices set)
    {
        if (!_byConnection.TryGetValue(set.ConnectionId, out var member))
        {
            return NotJoined();
        }

        return member.State.Devices == set.Devices
            ? Unchanged()
            : Changed(Update(member, member.State with { Devices = set.Devices }), new ApplyDevices(member.State.Id, set.Devices));
    }

    private MeetingOutcome OnLeave(Leave leave) =>
        _byConnection.TryGetValue(leave.ConnectionId, out var member) ? Remove(member, LeaveReason.Left) : NotJoined();

    private Accepted Remove(Member member, LeaveReason reason)
    {
        _members.Remove(member.State.Id);
        Roster.Remove(member.State);
        if (member.ConnectionId is { } connection)
        {
            _byConnection.Remove(connection);
        }

        return Changed(new ParticipantLeft(member.State.Id, reason), new CloseMedia(member.State.Id));
    }

    private MeetingOutcome OnDisconnect(Disconnect disconnect, DateTimeOffset now)
    {
        if (!_byConnection.Remove(disconnect.ConnectionId, out var member))
        {
            // Replaced or left before: nothing is lost.
            return Unchanged();
        }

        member.ConnectionId = null;
        member.RemoveAt = member.HasMedia ? null : now + (member.HadMedia ? ReturnWithoutMedia : ReturnNeverHadMedia);
        return Changed(Update(member, member.State with { Connected = false }));
    }

    private Accepted OnMediaOpened(MediaOpened opened)
    {
        if (_members.TryGetValue(opened.Id, out var member))
        {
            member.HasMedia = member.HadMedia = true;
            member.RemoveAt = null;
        }

        return Unchanged();
    }

    private Accepted OnMediaClosed(MediaClosed closed, DateTimeOffset now)
    {
        if (!_members.TryGetValue(closed.Id, out var member) || !member.HasMedia)
        {
            return Unchanged();
        }

        member.HasMedia = false;
        if (member.ConnectionId is not null)
        {
            return Unchanged(new AskForNewTransport(closed.Id));
        }

        if (closed.ConsentExpired)
        {
            return Remove(member, LeaveReason.Lost);
        }

        member.RemoveAt = now + ReturnWithoutMedia;
        return Unchanged();
    }

    private Accepted OnTick(DateTimeOffset now)
    {
        var events = ImmutableArray.CreateBuilder<MeetingEvent>();
        var effects = ImmutableArray.CreateBuilder<MeetingEffect>();
        foreach (var member in _members.Values.Where(m => m.ConnectionId is null && m.RemoveAt <= now).ToArray())
        {
            var removed = Remove(member, LeaveReason.Lost);
            events.AddRange(removed.Events);
            effects.AddRange(removed.Effects);
        }

        return new Accepted(events.ToImmutable(), effects.ToImmutable());
    }

    private sealed class Member(ParticipantState state)
    {
        public ParticipantState State { get; set; } = state;

        public string? ConnectionId { get; set; }

        public bool HasMedia { get; set; }

        public bool HadMedia { get; set; }

        /// <summary>Only while disconnected and without media.</summary>
        public DateTimeOffset? RemoveAt { get; set; }
    }
}
