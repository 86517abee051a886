using System.Buffers.Binary;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Rtcp;

/// <summary>Walks a compound or reduced-size RTCP packet (RFC 3550 section 6.1, RFC 5506).</summary>
public ref struct RtcpReader(ReadOnlySpan<byte> compound)
{
    private const int HeaderLength = 4;
    private ReadOnlySpan<byte> _rest = compound;

    /// <summary>False at the end (<see cref="DropReason.None"/>) and at malformed input (<see cref="DropReason.RtcpMalformed"/>).</summary>
    public bool TryReadNext(out RtcpPacket packet, out DropReason reason)
    {
        packet = default;
        reason = DropReason.None;
        if (_rest.IsEmpty)
        {
            return false;
        }

        reason = DropReason.RtcpMalformed;
        if (_rest.Length < HeaderLength || _rest[0] >> 6 != 2)
        {
            return false;
        }

        var length = (BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) + 1) * 4;
        if (length > _rest.Length)
        {
            return false;
        }

        var body = _rest[HeaderLength..length];
        if ((_rest[0] & 0x20) != 0)
        {
            if (body.IsEmpty || body[^1] == 0 || body[^1] > body.Length)
            {
                return false;
            }

            body = body[..^body[^1]];
        }

        var count = _rest[0] & 0x1F;
        packet = new RtcpPacket(KindOf(_rest[1], count, body), count, body);
        _rest = _rest[length..];
        reason = DropReason.None;
        return true;
    }

    private static RtcpKind KindOf(byte packetType, int format, ReadOnlySpan<byte> body) => (packetType, format) switch
    {
        (200, _) => RtcpKind.SenderReport,
        (201, _) => RtcpKind.ReceiverReport,
        (202, _) => RtcpKind.SourceDescription,
        (203, _) => RtcpKind.Bye,
        (205, 1) => RtcpKind.Nack,
        (205, 15) => RtcpKind.TransportFeedback,
        (206, 1) => RtcpKind.PictureLossIndication,
        (206, 4) => RtcpKind.FullIntraRequest,
        (206, 15) when body.Length >= 12 && body[8..12].SequenceEqual("REMB"u8) => RtcpKind.Remb,
        _ => RtcpKind.Other,
    };
}
