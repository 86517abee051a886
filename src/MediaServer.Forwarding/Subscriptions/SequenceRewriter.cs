namespace MediaServer.Forwarding.Subscriptions;

/// <summary>
/// Maps the extended sequence numbers of changing sources onto one contiguous output. Inside a source a packet that is not forwarded
/// (padding) shifts everything after it by one, so the map is a short list of segments: late packets still find the offset that held
/// at their position. Packets from before the last switch have no place any more.
/// </summary>
internal sealed class SequenceRewriter(ushort firstOutput)
{
    private const int MaxSegments = 32;

    private Segment[] _segments = [];
    private int _count;
    private long _highestInput;
    private long _highestOutput = firstOutput - 1L;

    /// <summary>The highest output so far, extended; its low 16 bits went out.</summary>
    public long HighestOutput => _highestOutput;

    /// <summary>From now on <paramref name="input"/> and what follows it come from a new source.</summary>
    public void Switch(long input)
    {
        if (_segments.Length == 0)
        {
            _segments = new Segment[MaxSegments];
        }

        _segments[0] = new Segment(input, _highestOutput + 1 - input);
        _count = 1;
        _highestInput = input - 1;
    }

    /// <summary>False when the packet is from before the switch, or too old for the remembered segments.</summary>
    public bool TryMap(long input, out long output)
    {
        for (var i = _count - 1; i >= 0; i--)
        {
            if (input >= _segments[i].Start)
            {
                output = input + _segments[i].Offset;
                _highestInput = Math.Max(_highestInput, input);
                _highestOutput = Math.Max(_highestOutput, output);
                return true;
            }
        }

        output = 0;
        return false;
    }

    /// <summary>
    /// Leaves <paramref name="input"/> out of the output. False when later packets have gone out already, so that its number is taken and
    /// can only be filled with an empty packet.
    /// </summary>
    public bool TrySkip(long input)
    {
        if (_count == 0 || input < _segments[0].Start)
        {
            return true;
        }

        if (input <= _highestInput)
        {
            return false;
        }

        _highestInput = input;
        ref var last = ref _segments[_count - 1];
        if (last.Start == input)
        {
            last = new Segment(input + 1, last.Offset - 1);
            return true;
        }

        var next = new Segment(input + 1, last.Offset - 1);
        if (_count == MaxSegments)
        {
            Array.Copy(_segments, 1, _segments, 0, MaxSegments - 1);
            _count--;
        }

        _segments[_count++] = next;
        return true;
    }

    private readonly record struct Segment(long Start, long Offset);
}
