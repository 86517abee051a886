using MediaServer.Protocol.Rtcp;

namespace MediaServer.Protocol.Tests.Rtcp;

internal delegate void WriteRtcp(ref RtcpWriter writer);

internal static class RtcpBuilder
{
    public static byte[] Write(WriteRtcp write)
    {
        var buffer = new byte[2000];
        var writer = new RtcpWriter(buffer);
        write(ref writer);
        Assert.Equal(buffer.Length - writer.Length, writer.Remaining);
        return buffer[..writer.Length];
    }

    /// <summary>The only packet of a compound.</summary>
    public static RtcpPacket Single(byte[] compound, RtcpKind expected)
    {
        var reader = new RtcpReader(compound);
        Assert.True(reader.TryReadNext(out var packet, out _));
        Assert.Equal(expected, packet.Kind);
        Assert.False(reader.TryReadNext(out _, out var reason));
        Assert.Equal(Protocol.Primitives.DropReason.None, reason);
        return packet;
    }
}
