using System.Buffers.Binary;
using System.Text;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>One VP8 stream of a test peer. Each frame is one or more packets; the last payload byte is a mark that tests recognise.</summary>
internal sealed class TestVideo(TestPeer peer, uint ssrc, string rid = "", int height = 720)
{
    public const int FrameTicks = 3000;

    public uint Ssrc { get; set; } = ssrc;

    public ushort Sequence { get; set; } = 65_530;

    public uint Timestamp { get; set; } = 5_000_000;

    public ushort PictureId { get; set; } = 0x7FFE;

    public byte Tl0PicIdx { get; set; } = 254;

    public byte? TransportSequence { get; set; }

    public byte? Orientation { get; set; }

    /// <summary>Sends one frame in <paramref name="packets"/> packets.</summary>
    public void Frame(bool key = false, int packets = 1, byte mark = 0)
    {
        foreach (var packet in Build(key, packets, mark))
        {
            peer.SendRtp(packet);
        }
    }

    public void KeyFrame(int packets = 1, byte mark = 0) => Frame(true, packets, mark);

    /// <summary>A packet with nothing but padding (bandwidth probe).</summary>
    public void Padding() => peer.SendRtp(BuildPadding());

    public byte[] BuildPadding()
    {
        var packet = Packet(false, true, [], Timestamp);
        Array.Resize(ref packet, packet.Length + 20);
        packet[0] |= 0x20;
        packet[^1] = 20;
        return packet;
    }

    /// <summary>The packets of the next frame, not sent.</summary>
    public List<byte[]> Build(bool key = false, int packets = 1, byte mark = 0, int size = 40)
    {
        PictureId = (ushort)((PictureId + 1) & 0x7FFF);
        Tl0PicIdx++;
        Timestamp += FrameTicks;
        var built = new List<byte[]>();
        for (var i = 0; i < packets; i++)
        {
            var payload = new byte[size];
            payload[0] = (byte)(0x80 | (i == 0 ? 0x10 : 0));
            payload[1] = 0xE0;
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), (ushort)(0x8000 | PictureId));
            payload[4] = Tl0PicIdx;
            payload[6] = (byte)(key ? 0 : 1);
            payload[9] = 0x9D;
            payload[10] = 0x01;
            payload[11] = 0x2A;
            BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(12), (ushort)(height * 16 / 9));
            BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(14), (ushort)height);
            payload[^1] = mark;
            built.Add(Packet(i == packets - 1, false, payload, Timestamp));
        }

        return built;
    }

    /// <summary>Wraps an original as RFC 4588 says.</summary>
    public byte[] Retransmission(byte[] original, uint rtxSsrc, ushort rtxSequence)
    {
        Assert.True(RtpHeader.TryParse(original, out var header, out _));
        var buffer = new byte[original.Length + 40];
        var writer = new RtpWriter(buffer);
        writer.WriteHeader(peer.Shape.RtxType!.Value, header.Marker, rtxSequence, header.Timestamp, rtxSsrc);
        if (rid.Length > 0)
        {
            writer.AddExtension(peer.Shape.Extensions.Mid, "camera"u8);
            writer.AddExtension(peer.Shape.Extensions.RepairedRid, Encoding.ASCII.GetBytes(rid));
        }

        var body = writer.PayloadSpan(2 + header.PayloadLength);
        BinaryPrimitives.WriteUInt16BigEndian(body, header.SequenceNumber);
        original.AsSpan(header.HeaderLength, header.PayloadLength).CopyTo(body[2..]);
        return buffer[..writer.Length];
    }

    private byte[] Packet(bool marker, bool empty, byte[] payload, uint timestamp)
    {
        var buffer = new byte[payload.Length + 100];
        var writer = new RtpWriter(buffer);
        writer.WriteHeader(peer.Shape.Vp8Type, marker, Sequence++, timestamp, Ssrc);
        if (rid.Length > 0)
        {
            writer.AddExtension(peer.Shape.Extensions.Mid, "camera"u8);
            writer.AddExtension(peer.Shape.Extensions.Rid, Encoding.ASCII.GetBytes(rid));
        }

        if (TransportSequence is { } number)
        {
            writer.AddExtension(peer.Shape.Extensions.TransportSequenceNumber, [0, number]);
            TransportSequence = (byte)(number + 1);
        }

        if (Orientation is { } orientation)
        {
            writer.AddExtension(peer.Shape.Extensions.VideoOrientation, [orientation]);
        }

        writer.WritePayload(empty ? default : payload);
        return buffer[..writer.Length];
    }
}
