using MediaServer.Contracts;
using MediaServer.Meetings;
using MediaServer.Meetings.Participants;

namespace MediaServer.Server.Grains;

/// <summary>Gathers changes into one delta, so that a thousand joins in a second are four messages to each client and not a thousand.</summary>
internal sealed class DeltaCoalescer
{
    private readonly Dictionary<ParticipantId, (ParticipantState State, bool Joined)> _changed = [];
    private readonly HashSet<ParticipantId> _left = [];

    public bool IsEmpty => _changed.Count == 0 && _left.Count == 0;

    public void Add(MeetingEvent meetingEvent)
    {
        switch (meetingEvent)
        {
            case ParticipantJoined joined:
                // Somebody who left and came back within one delta is an update to those who never saw the leaving.
                _changed[joined.Participant.Id] = (joined.Participant, !_left.Remove(joined.Participant.Id));
                break;
            case ParticipantUpdated updated:
                _changed[updated.Participant.Id] = (updated.Participant, _changed.TryGetValue(updated.Participant.Id, out var earlier) && earlier.Joined);
                break;
            case ParticipantLeft left:
                // Told even when the joining has not gone out yet: the snapshot of somebody who joined in between shows the participant.
                _changed.Remove(left.Participant);
                _left.Add(left.Participant);
                break;
        }
    }

    /// <param name="sequence">Of the state that the delta leads to.</param>
    public MeetingDelta Take(long sequence)
    {
        var delta = new MeetingDelta(
            sequence,
            [.. _changed.Values.Where(c => c.Joined).Select(c => ContractMapping.ToContract(c.State))],
            [.. _changed.Values.Where(c => !c.Joined).Select(c => ContractMapping.ToContract(c.State))],
            [.. _left.Select(id => id.Value)]);
        _changed.Clear();
        _left.Clear();
        return delta;
    }
}
