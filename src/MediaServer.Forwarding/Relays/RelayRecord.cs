using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Relays;

/// <summary>What a layer is doing, as its publisher's shard knows. <paramref name="PacketAge"/> is in microseconds, clocks are 32.32 NTP.</summary>
public readonly record struct RelayedLayerState(
    int Generation,
    bool HasPackets,
    long PacketAge,
    int Height,
    long BitsPerSecond,
    bool HasReport,
    ulong ReportNtp,
    uint ReportTimestamp,
    bool HasClock,
    ulong ClockOffset);

internal enum RelayRecordKind : byte
{
    /// <summary>A plaintext RTP packet follows.</summary>
    Packet = 1,

    /// <summary>The number carries nothing.</summary>
    Skipped,

    /// <summary>A <see cref="RelayedLayerState"/> follows.</summary>
    LayerState,
}

/// <summary>The fixed part of a record, in the machine's byte order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RelayRecordHeader
{
    public RelayRecordKind Kind;
    public byte Layer;
    public int Key;

    /// <summary>Of the layer; sequence numbers start anew with each.</summary>
    public int Generation;

    /// <summary>The publisher's sequence number, extended.</summary>
    public long Sequence;

    /// <summary>When the packet came to the publisher's shard, microseconds.</summary>
    public long ReceivedAt;
}

/// <summary>Writes and reads records.</summary>
internal static class RelayRecord
{
    public static int HeaderLength => Unsafe.SizeOf<RelayRecordHeader>();

    /// <summary>False when the link is full.</summary>
    public static bool TryWrite(IRelayLink link, in RelayRecordHeader header, ReadOnlySpan<byte> body, bool droppable)
    {
        var buffer = link.Reserve(HeaderLength + body.Length, droppable);
        if (buffer.IsEmpty)
        {
            return false;
        }

        MemoryMarshal.Write(buffer, header);
        body.CopyTo(buffer[HeaderLength..]);
        link.Commit();
        return true;
    }

    public static bool TryWrite(IRelayLink link, in RelayRecordHeader header, in RelayedLayerState state) =>
        TryWrite(link, header, MemoryMarshal.AsBytes(new ReadOnlySpan<RelayedLayerState>(in state)), droppable: false);

    public static bool TryRead(ReadOnlySpan<byte> record, out RelayRecordHeader header, out ReadOnlySpan<byte> body)
    {
        if (record.Length < HeaderLength)
        {
            header = default;
            body = default;
            return false;
        }

        header = MemoryMarshal.Read<RelayRecordHeader>(record);
        body = record[HeaderLength..];
        return true;
    }

    public static bool TryReadState(ReadOnlySpan<byte> body, out RelayedLayerState state)
    {
        var complete = body.Length == Unsafe.SizeOf<RelayedLayerState>();
        state = complete ? MemoryMarshal.Read<RelayedLayerState>(body) : default;
        return complete;
    }
}
