using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Server.Media;

/// <summary>The media plane as a meeting sees it.</summary>
public interface IMediaGateway
{
    DtlsFingerprint LocalFingerprint { get; }

    /// <summary>A new room of the meeting; its events find their way back by the code.</summary>
    RoomId OpenRoom(string meetingCode);

    void CloseRoom(RoomId room);

    /// <summary>A fresh id for a transport of the meeting; it says on which shard the transport is to be.</summary>
    TransportId NewTransport(string meetingCode);

    /// <summary>Events of this transport are of no interest any more.</summary>
    void ForgetTransport(TransportId transport);

    /// <summary>ICE candidates of the transport's shard.</summary>
    IReadOnlyList<TransportAddress> CandidatesOf(TransportId transport);

    /// <summary>Tells the shard of the transport that the command is about; in order per transport.</summary>
    void Post(MediaCommand command);
}
