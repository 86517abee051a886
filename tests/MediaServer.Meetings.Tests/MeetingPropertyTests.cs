using CsCheck;
using MediaServer.Meetings.Participants;

namespace MediaServer.Meetings.Tests;

/// <summary>Whatever is asked of a meeting, in whatever order: its state stays whole, and its events tell all of it.</summary>
public sealed class MeetingPropertyTests
{
    private const int Capacity = 4;

    private static readonly Gen<Devices> AnyDevices = Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, (m, c, s) => new Devices(m, c, s));
    private static readonly Gen<string> AnyConnection = Gen.Int[1, 6].Select(n => $"c{n}");
    private static readonly Gen<ParticipantId> AnyId = Gen.Int[1, 6].Select(n => new ParticipantId($"p{n}"));

    private static readonly Gen<MeetingCommand> AnyCommand = Gen.Frequency(
        (4, AnyConnection.Select(AnyDevices, (c, d) => (MeetingCommand)new Join(new ParticipantId("fresh"), "name", d, c))),
        (4, Gen.Select(AnyId, Gen.UInt[1, 8], AnyDevices, AnyConnection, (i, n, d, c) => (MeetingCommand)new Resume(i, n, i.Value, d, c))),
        (2, AnyConnection.Select(AnyDevices, (c, d) => (MeetingCommand)new SetDevices(c, d))),
        (1, AnyConnection.Select(c => (MeetingCommand)new Leave(c))),
        (3, AnyConnection.Select(c => (MeetingCommand)new Disconnect(c))),
        (2, AnyId.Select(i => (MeetingCommand)new MediaOpened(i))),
        (2, AnyId.Select(Gen.Bool, (i, expired) => (MeetingCommand)new MediaClosed(i, expired))),
        (3, Gen.Const((MeetingCommand)new Tick())));

    [Fact]
    public void Any_sequence_of_commands_keeps_the_meeting_whole() => AnyCommand.Select(Gen.Int[0, 40]).List[0, 80].Sample(
        commands =>
        {
            var meeting = new Meeting(Capacity);
            var replica = new Dictionary<ParticipantId, ParticipantState>();
            var now = Scenario.Start;
            var joined = 0;
            var numbers = new HashSet<(ParticipantId, uint)>();
            foreach (var (command, seconds) in commands)
            {
                now = now.AddSeconds(seconds);
                var before = meeting.Sequence;
                var outcome = meeting.Handle(command is Join join ? join with { Id = new ParticipantId($"j{++joined}") } : command, now);
                var events = outcome is Accepted accepted ? accepted.Events : [];
                Assert.Equal(before + events.Length, meeting.Sequence);
                foreach (var meetingEvent in events)
                {
                    Replay(replica, meetingEvent);
                }

                AssertWhole(meeting, replica, now);
                numbers.UnionWith(meeting.Roster.All.Select(p => (p.Id, p.Number)));
            }

            // Ids that were never forgotten have never changed their number.
            Assert.All(meeting.Roster.All.Where(p => p.Id.Value[0] == 'j'), p => Assert.Single(numbers, n => n.Item1 == p.Id));
        },
        iter: 3000);

    private static void Replay(Dictionary<ParticipantId, ParticipantState> replica, MeetingEvent meetingEvent)
    {
        switch (meetingEvent)
        {
            case ParticipantJoined joined:
                replica.Add(joined.Participant.Id, joined.Participant);
                break;
            case ParticipantUpdated updated:
                Assert.True(replica.ContainsKey(updated.Participant.Id), "only who is there is updated");
                replica[updated.Participant.Id] = updated.Participant;
                break;
            case ParticipantLeft left:
                Assert.True(replica.Remove(left.Participant), "only who is there leaves");
                break;
        }
    }

    private static void AssertWhole(Meeting meeting, Dictionary<ParticipantId, ParticipantState> replica, DateTimeOffset now)
    {
        var participants = meeting.Roster.All.ToArray();
        Assert.Equal(replica.Values.OrderBy(p => p.Number), participants);
        Assert.Equal(participants.Length, meeting.Count);
        Assert.InRange(meeting.Count, 0, Capacity);
        Assert.Equal(participants.Length, participants.Select(p => p.Number).Distinct().Count());
        Assert.Equal(participants.Length, meeting.Roster.Page(null, 0, Capacity).Total);
        Assert.Equal(participants.Length, meeting.Roster.Count);
        Assert.All(participants, p => Assert.True(meeting.Roster.HasNumber(p.Number)));
        Assert.All(participants, p => Assert.InRange(p.JoinedAt, Scenario.Start, now));

        var connections = participants.Select(p => meeting.ConnectionOf(p.Id)).OfType<string>().ToArray();
        Assert.Equal(connections.Length, connections.Distinct().Count());
        foreach (var participant in participants)
        {
            var connection = meeting.ConnectionOf(participant.Id);
            Assert.Equal(participant.Connected, connection is not null);
            if (connection is not null)
            {
                Assert.Equal(participant, meeting.OnConnection(connection));
            }
        }

        for (var i = 1; i <= 6; i++)
        {
            var owner = meeting.OnConnection($"c{i}");
            Assert.True(owner is null || meeting.ConnectionOf(owner.Id) == $"c{i}", "a connection speaks for who has it");
        }
    }
}
