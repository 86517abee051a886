using System.Buffers.Binary;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Protocol.Congestion;

/// <summary>
/// Remembers when packets arrived and writes transport-wide feedback
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1). Times are sent in units of 250 us.
/// </summary>
public sealed class TwccReceiver
{
    private const int Window = 2048;
    private const int MaxStatuses = 400;
    private const int TickMicroseconds = 250;
    private const int ReferenceTicks = 256;
    private const int StatusesPerVector = 7;
    private readonly long[] _arrivals = new long[Window];
    private readonly long[] _numbers = new long[Window];
    private SequenceExtender _extender;
    private long _next = -1;
    private byte _feedbackCount;

    public TwccReceiver() => Array.Fill(_numbers, -1);

    /// <summary>Notes a packet by the number of its transport-wide extension. The first arrival of a number counts.</summary>
    public void OnPacket(ushort transportSequenceNumber, MonotonicTime arrival)
    {
        var number = _extender.Extend(transportSequenceNumber);
        if (_next < 0)
        {
            _next = number;
        }

        // Reported as lost already, or never to be reported: too late to matter to the sender.
        if (number < _next || _numbers[number % Window] == number)
        {
            return;
        }

        _numbers[number % Window] = number;
        _arrivals[number % Window] = arrival.Microseconds;
        if (_extender.Highest - _next >= Window)
        {
            _next = _extender.Highest - Window + 1;
        }
    }

    /// <summary>
    /// Writes feedback on everything since the last one, in as many calls as it takes (each at most 400 statuses, about 1000 bytes).
    /// False when nothing new has arrived.
    /// </summary>
    public bool TryWriteFeedback(ref RtcpWriter writer, uint senderSsrc, uint mediaSsrc)
    {
        if (_next < 0)
        {
            return false;
        }

        var first = _next;
        while (first <= _extender.Highest && !Arrived(first))
        {
            first++;
        }

        if (first > _extender.Highest)
        {
            return false;
        }

        // Lost packets before the first that arrived are reported too, as far as they fit.
        first = Math.Max(_next, first - (MaxStatuses / 2));
        Span<byte> statuses = stackalloc byte[MaxStatuses];
        Span<byte> deltas = stackalloc byte[MaxStatuses * 2];
        var count = Collect(first, statuses, deltas, out var deltaLength, out var referenceTime);
        Write(ref writer, senderSsrc, mediaSsrc, (ushort)first, statuses[..count], deltas[..deltaLength], referenceTime);
        _next = first + count;
        return true;
    }

    private bool Arrived(long number) => _numbers[number % Window] == number;

    private int Collect(long first, Span<byte> statuses, Span<byte> deltas, out int deltaLength, out int referenceTime)
    {
        deltaLength = 0;
        referenceTime = 0;
        long previous = 0;
        var started = false;
        var count = 0;
        var lastArrived = 0;
        for (var number = first; number <= _extender.Highest && count < MaxStatuses; number++)
        {
            if (!Arrived(number))
            {
                statuses[count++] = 0;
                continue;
            }

            var ticks = _arrivals[number % Window] / TickMicroseconds;
            if (!started)
            {
                started = true;
                referenceTime = (int)((ticks / ReferenceTicks) & 0xFF_FFFF);
                previous = ticks / ReferenceTicks * ReferenceTicks;
            }

            var delta = ticks - previous;
            if (delta is < short.MinValue or > short.MaxValue)
            {
                // Does not fit: this packet opens the next feedback.
                break;
            }

            previous = ticks;
            if (delta is >= 0 and <= byte.MaxValue)
            {
                statuses[count++] = 1;
                deltas[deltaLength++] = (byte)delta;
            }
            else
            {
                statuses[count++] = 2;
                BinaryPrimitives.WriteInt16BigEndian(deltas[deltaLength..], (short)delta);
                deltaLength += 2;
            }

            lastArrived = count;
        }

        return lastArrived;
    }

    private void Write(ref RtcpWriter writer, uint senderSsrc, uint mediaSsrc, ushort baseNumber, scoped ReadOnlySpan<byte> statuses, scoped ReadOnlySpan<byte> deltas, int referenceTime)
    {
        Span<byte> chunks = stackalloc byte[MaxStatuses * 2];
        var chunkLength = WriteChunks(chunks, statuses);
        var length = 16 + chunkLength + deltas.Length;
        var body = writer.Begin(205, 15, (length + 3) / 4 * 4);
        body.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], mediaSsrc);
        BinaryPrimitives.WriteUInt16BigEndian(body[8..], baseNumber);
        BinaryPrimitives.WriteUInt16BigEndian(body[10..], (ushort)statuses.Length);
        BinaryPrimitives.WriteInt32BigEndian(body[12..], (referenceTime << 8) | _feedbackCount++);
        chunks[..chunkLength].CopyTo(body[16..]);
        deltas.CopyTo(body[(16 + chunkLength)..]);
    }

    private static int WriteChunks(Span<byte> chunks, ReadOnlySpan<byte> statuses)
    {
        var length = 0;
        for (var i = 0; i < statuses.Length;)
        {
            var run = 1;
            while (i + run < statuses.Length && statuses[i + run] == statuses[i])
            {
                run++;
            }

            int chunk;
            if (run >= StatusesPerVector)
            {
                chunk = (statuses[i] << 13) | run;
                i += run;
            }
            else
            {
                chunk = 0xC000;
                for (var k = 0; k < StatusesPerVector && i < statuses.Length; k++, i++)
                {
                    chunk |= statuses[i] << (12 - (2 * k));
                }
            }

            BinaryPrimitives.WriteUInt16BigEndian(chunks[length..], (ushort)chunk);
            length += 2;
        }

        return length;
    }
}
