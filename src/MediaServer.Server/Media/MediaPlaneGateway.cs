using System.Collections.Concurrent;
using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Server.Media;

/// <summary>Gives rooms and transports their shards and ids, and knows which meeting an event belongs to.</summary>
internal sealed class MediaPlaneGateway(MediaPlane.MediaPlane plane, ShardPlacement placement) : IMediaGateway
{
    private readonly ConcurrentDictionary<RoomId, string> _rooms = new();
    private readonly ConcurrentDictionary<TransportId, string> _transports = new();
    private long _lastRoom;
    private long _lastTransport;

    public DtlsFingerprint LocalFingerprint => plane.LocalFingerprint;

    public RoomId OpenRoom(string meetingCode)
    {
        var room = RoomId.On(placement.OpenRoom(meetingCode), Interlocked.Increment(ref _lastRoom));
        _rooms[room] = meetingCode;
        return room;
    }

    public void CloseRoom(RoomId room)
    {
        if (_rooms.TryRemove(room, out var code))
        {
            placement.CloseRoom(code);
        }
    }

    public TransportId NewTransport(string meetingCode)
    {
        var transport = TransportId.On(placement.Place(meetingCode), Interlocked.Increment(ref _lastTransport));
        _transports[transport] = meetingCode;
        return transport;
    }

    public void ForgetTransport(TransportId transport)
    {
        if (_transports.TryRemove(transport, out var code))
        {
            placement.Release(code, transport.Shard);
        }
    }

    public IReadOnlyList<TransportAddress> CandidatesOf(TransportId transport) => plane.CandidatesOf(transport.Shard);

    public void Post(MediaCommand command) => plane.Post(ShardOf(command), command);

    /// <summary>Null when the meeting has lost interest.</summary>
    public string? MeetingOf(MediaEvent mediaEvent) => mediaEvent switch
    {
        SpeakersChanged speakers => _rooms.GetValueOrDefault(speakers.Room),
        TransportConnected connected => _transports.GetValueOrDefault(connected.Transport),
        TransportClosed closed => _transports.GetValueOrDefault(closed.Transport),
        SlotFilled filled => _transports.GetValueOrDefault(filled.Subscriber),
        LayersWanted wanted => _transports.GetValueOrDefault(wanted.Publication.Transport),
        TransportQuality quality => _transports.GetValueOrDefault(quality.Transport),
        _ => null,
    };

    /// <summary>A command goes to the shard of the transport that it is about.</summary>
    private static int ShardOf(MediaCommand command) => command switch
    {
        OpenTransport open => open.Transport.Shard,
        UpdateTransport update => update.Transport.Shard,
        CloseTransport close => close.Transport.Shard,
        MoveTransport move => move.Transport.Shard,
        AssignSlot assign => assign.Subscriber.Shard,
        SetGate gate => gate.Publication.Transport.Shard,
        _ => throw new ArgumentException($"{command.GetType().Name} names no transport", nameof(command)),
    };
}
