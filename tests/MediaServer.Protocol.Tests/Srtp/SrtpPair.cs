using System.Buffers.Binary;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Tests.Srtp;

/// <summary>Two ends that share keys as DTLS gives them: the local keys of one are the remote keys of the other.</summary>
internal sealed class SrtpPair : IDisposable
{
    public const uint Ssrc = 0xCAFEBABE;

    public SrtpPair(SrtpProfile profile)
    {
        var salt = profile == SrtpProfile.AeadAes128Gcm ? 12 : 14;
        var (a, b) = (Fill(16, 1), Fill(16, 101));
        var (saltA, saltB) = (Fill(salt, 51), Fill(salt, 151));
        Keys = new SrtpKeyingMaterial(profile, a, saltA, b, saltB);
        Sender = new SrtpSession(Keys);
        Receiver = new SrtpSession(new SrtpKeyingMaterial(profile, b, saltB, a, saltA));
    }

    public SrtpKeyingMaterial Keys { get; }

    public SrtpSession Sender { get; }

    public SrtpSession Receiver { get; }

    public static byte[] Rtp(ushort sequence, uint ssrc = Ssrc, int payload = 20)
    {
        var buffer = new byte[12 + payload];
        var writer = new RtpWriter(buffer);
        writer.WriteHeader(96, false, sequence, sequence * 3000u, ssrc);
        writer.PayloadSpan(payload).Fill((byte)sequence);
        return buffer;
    }

    /// <summary>A receiver report without blocks and four more words.</summary>
    public static byte[] Rtcp(uint ssrc = Ssrc)
    {
        var packet = new byte[24];
        (packet[0], packet[1], packet[3]) = (0x80, 201, 5);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        packet.AsSpan(8).Fill(7);
        return packet;
    }

    public byte[] ProtectRtp(byte[] packet)
    {
        byte[] buffer = [.. packet, .. new byte[SrtpSession.MaxRtpOverhead]];
        return buffer[..Sender.ProtectRtp(buffer, packet.Length)];
    }

    public byte[] ProtectRtcp(byte[] packet)
    {
        byte[] buffer = [.. packet, .. new byte[SrtpSession.MaxRtcpOverhead]];
        return buffer[..Sender.ProtectRtcp(buffer, packet.Length)];
    }

    /// <summary>Hands a copy to the receiver; the plain packet, or null.</summary>
    public byte[]? Receive(ReadOnlySpan<byte> packet, bool rtcp, out DropReason reason)
    {
        var copy = packet.ToArray();
        var good = rtcp ? Receiver.TryUnprotectRtcp(copy, out var length, out reason) : Receiver.TryUnprotectRtp(copy, out length, out reason);
        Assert.Equal(good, reason == DropReason.None);
        return good ? copy[..length] : null;
    }

    public DropReason Receive(ReadOnlySpan<byte> packet, bool rtcp = false)
    {
        Receive(packet, rtcp, out var reason);
        return reason;
    }

    public void Dispose()
    {
        Sender.Dispose();
        Receiver.Dispose();
    }

    private static byte[] Fill(int length, byte first) => [.. Enumerable.Range(first, length).Select(i => (byte)i)];
}
