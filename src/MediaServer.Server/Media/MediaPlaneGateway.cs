using System.Collections.Concurrent;
using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Server.Media;

/// <summary>Gives rooms and transports their ids, and knows which meeting an event belongs to.</summary>
internal sealed class MediaPlaneGateway(MediaPlane.MediaPlane plane) : IMediaGateway
{
    private readonly ConcurrentDictionary<RoomId, string> _rooms = new();
    private readonly ConcurrentDictionary<TransportId, string> _transports = new();
    private long _lastRoom;
    private long _lastTransport;

    public DtlsFingerprint LocalFingerprint => plane.LocalFingerprint;

    public RoomId OpenRoom(string meetingCode)
    {
        var room = new RoomId(Interlocked.Increment(ref _lastRoom));
        _rooms[room] = meetingCode;
        return room;
    }

    public void CloseRoom(RoomId room) => _rooms.TryRemove(room, out _);

    public TransportId NewTransport(string meetingCode)
    {
        var transport = new TransportId(Interlocked.Increment(ref _lastTransport));
        _transports[transport] = meetingCode;
        return transport;
    }

    public void ForgetTransport(TransportId transport) => _transports.TryRemove(transport, out _);

    public IReadOnlyList<TransportAddress> CandidatesOf(RoomId room) => plane.CandidatesOf(plane.ShardFor(room));

    public void Post(RoomId room, MediaCommand command) => plane.Post(plane.ShardFor(room), command);

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
}
