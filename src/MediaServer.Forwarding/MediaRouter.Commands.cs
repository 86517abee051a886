using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Relays;
using MediaServer.Forwarding.Speakers;
using MediaServer.Forwarding.Subscriptions;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding;

/// <summary>The part that does what the control plane says. A command on something that is gone is a race that was lost: it does nothing.</summary>
public sealed partial class MediaRouter
{
    public void Apply(MediaCommand command, MonotonicTime now)
    {
        switch (command)
        {
            case OpenTransport open:
                Open(open, now);
                break;

            case UpdateTransport update when _transports.TryFind(update.Transport, out var transport):
                var ufrag = transport.LocalUfrag;
                transport.Update(update.Media, now);
                _transports.ChangeUfrag(ufrag, transport);
                OnEntered(transport, now);
                transport.Room.Update(now);
                break;

            case CloseTransport close when _transports.TryFind(close.Transport, out var transport):
                Close(transport, TransportCloseReason.Requested, now);
                break;

            case MoveTransport move when _transports.TryFind(move.Transport, out var transport):
                Move(transport, move.Room, now);
                break;

            case AssignSlot assign when _transports.TryFind(assign.Subscriber, out var subscriber):
                if (subscriber.FindVideoSlot(assign.SlotMid) is { } slot)
                {
                    Assign(subscriber, slot, assign, now);
                }

                break;

            case SetGate gate:
                SetGate(gate, now);
                break;

            case RelayMessage message:
                Apply(message, now);
                break;

            default:
                break;
        }
    }

    private void Open(OpenTransport command, MonotonicTime now)
    {
        if (_transports.TryFind(command.Transport, out _))
        {
            return;
        }

        var room = RoomOf(command.Room, now);
        var transport = new PeerTransport(_context, _deadlines, _dtls, command, room, now);
        _transports.TryAdd(transport);
        Enter(transport, now);
    }

    private void Close(PeerTransport transport, TransportCloseReason reason, MonotonicTime now)
    {
        transport.Close(reason, now);
        _deadlines.Remove(transport);
        _transports.Remove(transport);
        Leave(transport, now);
    }

    private void Move(PeerTransport transport, RoomId target, MonotonicTime now)
    {
        if (transport.Room.Id == target)
        {
            return;
        }

        transport.LeaveSlots();
        Leave(transport, now);
        transport.GoTo(RoomOf(target, now));
        Enter(transport, now);
        transport.Room.Update(now);
    }

    private void Assign(PeerTransport subscriber, VideoSlot slot, AssignSlot command, MonotonicTime now)
    {
        slot.Assign(command.Publication, command.MaxHeight, command.Priority);
        if (slot.Source is not null)
        {
            subscriber.AllocateVideo(now);
            slot.ChooseLayer(now);
        }
        else if (!TryFill(subscriber, slot, now))
        {
            slot.AnnounceEmpty();
        }
    }

    private void SetGate(SetGate command, MonotonicTime now)
    {
        if (_transports.TryFind(command.Publication.Transport, out var transport)
            && transport.FindPublication(command.Publication.Mid) is { } publication)
        {
            publication.SetGate(command.Open, now);
            transport.Room.OnAudioChanged();
        }
    }

    /// <summary>Slots that were assigned before their publication was there, or in this room.</summary>
    private void FillWaitingSlots(Room room, MonotonicTime now)
    {
        foreach (var member in room.Members)
        {
            foreach (var slot in member.VideoSlots)
            {
                if (slot.IsWaitingForSource)
                {
                    TryFill(member, slot, now);
                }
            }
        }
    }

    /// <summary>Only within one room: that is the wall between breakout rooms.</summary>
    private bool TryFill(PeerTransport subscriber, VideoSlot slot, MonotonicTime now)
    {
        if (slot.Wanted is not { } wanted || Find(wanted, subscriber.Room) is not { IsVideo: true } publication)
        {
            return false;
        }

        slot.Attach(publication, now);
        return true;
    }

    /// <summary>The publication, or its stand-in; null when it is not in the room.</summary>
    private Publication? Find(PublicationId id, Room room)
    {
        if (id.Transport.Shard != _context.Shard)
        {
            return _context.Imports.Find(id, room.Id);
        }

        return _transports.TryFind(id.Transport, out var publisher) && publisher.Room == room ? publisher.FindPublication(id.Mid) : null;
    }

    private Room RoomOf(RoomId id, MonotonicTime now)
    {
        if (!_rooms.TryGetValue(id, out var room))
        {
            room = new Room(id, _context);
            _rooms.Add(id, room);
        }

        if (_speakersAt == MonotonicTime.Never)
        {
            _speakersAt = now.AddMilliseconds(_context.Options.SpeakerInterval);
        }

        return room;
    }

    private void Enter(PeerTransport transport, MonotonicTime now)
    {
        var room = transport.Room;
        room.Enter(transport);
        if (room.Members.Count == 1)
        {
            TellPresence(room, isPresent: true);
        }

        OnEntered(transport, now);
    }

    /// <summary>Its publications are in the room from now on.</summary>
    private void OnEntered(PeerTransport transport, MonotonicTime now)
    {
        _context.Exports.OnEntered(transport, now);
        FillWaitingSlots(transport.Room, now);
    }

    private void Leave(PeerTransport transport, MonotonicTime now)
    {
        var room = transport.Room;
        room.Leave(transport);
        if (room.Members.Count == 0)
        {
            TellPresence(room, isPresent: false);
        }

        if (!RemoveIfDeserted(room))
        {
            room.Update(now);
        }
    }
}
