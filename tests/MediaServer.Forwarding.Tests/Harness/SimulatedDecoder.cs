using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>
/// Decodes one slot as a browser would: frames in order, each complete and following the last decoded one without a gap, or a key frame. Knows
/// what is missing and since when.
/// </summary>
internal sealed class SimulatedDecoder
{
    private const long RetryNackMicroseconds = 110_000;
    private const long FirstNackMicroseconds = 5_000;
    private const long StuckMicroseconds = 500_000;
    private const long KeyFrameRetry = 1_000_000;

    private readonly SortedDictionary<long, Packet> _packets = [];
    private readonly Dictionary<long, (long Since, long AskedAt)> _missing = [];
    private SequenceExtender _sequence;
    private long _next = -1;
    private long _lastProgress;
    private long _askedKeyFrame;
    private bool _waiting;

    public int Decoded { get; private set; }

    /// <summary>The layer of the last decoded frame, as <see cref="SimulatedCamera"/> marks it.</summary>
    public int Layer { get; private set; } = -1;

    public int LayerChanges { get; private set; }

    /// <summary>When each frame was decoded.</summary>
    public List<long> DecodedAt { get; } = [];

    public void OnPacket(ushort number, uint timestamp, bool marker, byte[] payload, long now)
    {
        if (!Vp8PayloadDescriptor.TryParse(payload, out var descriptor))
        {
            return;
        }

        var first = !_sequence.HasValue;
        var highest = _sequence.Highest;
        var sequence = _sequence.Extend(number);
        for (var missing = highest + 1; !first && missing < sequence && sequence - highest < 1000; missing++)
        {
            _missing[missing] = (now, 0);
        }

        _missing.Remove(sequence);
        if (sequence >= _next)
        {
            _packets[sequence] = new Packet(timestamp, marker, descriptor.IsKeyFrame, descriptor.IsStartOfFrame, payload[^1]);
        }

        _waiting = true;
        while (DecodeNext(now))
        {
        }
    }

    public List<ushort> TakeNacks(long now)
    {
        var due = _missing.Where(m => now - m.Value.Since >= FirstNackMicroseconds && now - m.Value.AskedAt >= RetryNackMicroseconds).Select(m => m.Key).Order().ToList();
        foreach (var sequence in due)
        {
            _missing[sequence] = (_missing[sequence].Since, now);
        }

        return [.. due.Select(s => (ushort)s)];
    }

    public bool WantsKeyFrame(long now)
    {
        if (!_waiting || now - _lastProgress < StuckMicroseconds || now - _askedKeyFrame < KeyFrameRetry)
        {
            return false;
        }

        _askedKeyFrame = now;
        return true;
    }

    private bool DecodeNext(long now)
    {
        foreach (var (start, packet) in _packets)
        {
            if (!packet.IsStart || (start != _next && !packet.IsKeyFrame) || FindEnd(start, packet.Timestamp) is not { } end)
            {
                continue;
            }

            foreach (var sequence in _packets.Keys.TakeWhile(s => s <= end).ToList())
            {
                _packets.Remove(sequence);
            }

            foreach (var sequence in _missing.Keys.Where(s => s <= end).ToList())
            {
                _missing.Remove(sequence);
            }

            LayerChanges += Layer >= 0 && Layer != packet.Mark ? 1 : 0;
            Layer = packet.Mark;
            _next = end + 1;
            _lastProgress = now;
            _waiting = false;
            Decoded++;
            DecodedAt.Add(now);
            return true;
        }

        return false;
    }

    private long? FindEnd(long start, uint timestamp)
    {
        for (var sequence = start; _packets.TryGetValue(sequence, out var packet) && packet.Timestamp == timestamp; sequence++)
        {
            if (packet.IsMarker)
            {
                return sequence;
            }
        }

        return null;
    }

    private readonly record struct Packet(uint Timestamp, bool IsMarker, bool IsKeyFrame, bool IsStart, byte Mark);
}
