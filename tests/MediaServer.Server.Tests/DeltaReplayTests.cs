using MediaServer.Contracts;
using MediaServer.Meetings;
using MediaServer.Meetings.Participants;
using MediaServer.Server.Grains;

namespace MediaServer.Server.Tests;

/// <summary>
/// Clients that joined at any moment and apply every delta since, as docs/protocol.md says, see what the meeting holds, however changes fall
/// into deltas.
/// </summary>
public sealed class DeltaReplayTests
{
    private const int People = 7;
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Every_client_sees_the_meeting_whatever_falls_into_one_delta()
    {
        for (var seed = 1; seed <= 400; seed++)
        {
            var random = new Random(seed);
            var meeting = new Meeting();
            var deltas = new DeltaCoalescer();
            var clients = new List<Client>();
            for (var step = 0; step < 60; step++)
            {
                if (meeting.Handle(AnyCommand(random, step), Start.AddSeconds(step * 7)) is Accepted accepted)
                {
                    foreach (var meetingEvent in accepted.Events)
                    {
                        deltas.Add(meetingEvent);
                    }
                }

                if (random.Next(6) == 0)
                {
                    clients.Add(new Client(meeting));
                }

                if (random.Next(4) == 0 && !deltas.IsEmpty)
                {
                    var delta = deltas.Take(meeting);
                    Assert.Equal(meeting.Sequence, delta.Sequence);
                    Assert.True(deltas.IsEmpty);
                    clients.ForEach(client => client.Apply(delta));
                    Assert.All(clients, client => client.AssertSees(meeting, $"seed {seed}, step {step}"));
                }
            }
        }
    }

    private static MeetingCommand AnyCommand(Random random, int step)
    {
        var (id, connection) = (new ParticipantId($"p{random.Next(People)}"), $"c{random.Next(People)}");
        var devices = new Devices(random.Next(2) == 0, false, false);
        return random.Next(7) switch
        {
            0 => new Join(new ParticipantId($"new{step}"), "name", devices, connection),
            1 or 2 => new Resume(id, (uint)random.Next(1, 20), id.Value, devices, connection),
            3 => new SetDevices(connection, devices),
            4 => new Leave(connection),
            5 => new Disconnect(connection),
            _ => new Tick(),
        };
    }

    private sealed class Client(Meeting meeting)
    {
        private readonly Dictionary<string, Participant> _participants = meeting.Roster.All.Select(ContractMapping.ToContract).ToDictionary(p => p.Id);
        private long _sequence = meeting.Sequence;

        public void Apply(MeetingDelta delta)
        {
            if (delta.Sequence <= _sequence)
            {
                return;
            }

            Assert.True(delta.From <= _sequence, "no gap");
            foreach (var id in delta.Left)
            {
                _participants.Remove(id);
            }

            foreach (var participant in delta.Joined.Concat(delta.Updated))
            {
                _participants[participant.Id] = participant;
            }

            _sequence = delta.Sequence;
        }

        public void AssertSees(Meeting meeting, string when)
        {
            Assert.Equal(meeting.Sequence, _sequence);
            Assert.True(
                meeting.Roster.All.Select(ContractMapping.ToContract).SequenceEqual(_participants.Values.OrderBy(p => p.Number)),
                $"{when}: {string.Join(", ", _participants.Values.Select(p => p.Id))} instead of {string.Join(", ", meeting.Roster.All.Select(p => p.Id.Value))}");
        }
    }
}
