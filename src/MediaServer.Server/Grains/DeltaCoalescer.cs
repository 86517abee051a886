using MediaServer.Contracts;
using MediaServer.Meetings;
using MediaServer.Meetings.Participants;

namespace MediaServer.Server.Grains;

/// <summary>Gathers changes into one delta, so that a thousand joins in a second are four messages to each client and not a thousand.</summary>
internal sealed class DeltaCoalescer
{
    private readonly Dictionary<ParticipantId, Change> _changed = [];
    private readonly HashSet<ParticipantId> _left = [];
    private long _from;

    public bool IsEmpty => _changed.Count == 0 && _left.Count == 0;

    public void Add(MeetingEvent meetingEvent)
    {
        switch (meetingEvent)
        {
            case ParticipantJoined joined:
                // Somebody who left and came back within one delta is an update to those who never saw the leaving.
                _changed[joined.Participant.Id] = new Change(joined.Participant, !_left.Remove(joined.Participant.Id), false);
                break;
            case ParticipantUpdated updated:
                var earlier = _changed.GetValueOrDefault(updated.Participant.Id);
                _changed[updated.Participant.Id] = new Change(updated.Participant, earlier.IsNew, earlier.WasProminent || updated.WasProminent);
                break;
            case ParticipantLeft left:
                // Told even when the joining has not gone out yet: the snapshot of somebody who joined in between shows the participant.
                _changed.Remove(left.Participant);
                _left.Add(left.Participant);
                break;
        }
    }

    /// <summary>Takes all changes that lead to the meeting's present state, as far as everybody is told of them.</summary>
    public MeetingDelta Take(Meeting meeting)
    {
        var told = _changed.Values.Where(c => meeting.Roster.IsAnnounced(c.State) || c.WasProminent).ToList();
        var delta = new MeetingDelta(
            _from,
            meeting.Sequence,
            meeting.Count,
            meeting.Roster.IsComplete,
            [.. told.Where(c => c.IsNew).Select(c => ContractMapping.ToContract(c.State))],
            [.. told.Where(c => !c.IsNew).Select(c => ContractMapping.ToContract(c.State))],
            [.. _left.Select(id => id.Value)]);
        _from = meeting.Sequence;
        _changed.Clear();
        _left.Clear();
        return delta;
    }

    private readonly record struct Change(ParticipantState State, bool IsNew, bool WasProminent);
}
