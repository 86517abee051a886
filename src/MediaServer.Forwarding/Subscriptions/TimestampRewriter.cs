using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>Keeps a slot's RTP timestamps continuous while its sources change.</summary>
internal sealed class TimestampRewriter(uint firstOutput)
{
    /// <summary>A mapping through sender reports that differs more than this from the elapsed time is not believed.</summary>
    private const long MaxDisagreementMicroseconds = 1_000_000;

    private uint _offset;
    private uint _lastOutput = firstOutput;
    private MonotonicTime _lastOutputAt;
    private bool _started;

    public uint LastOutput => _lastOutput;

    public uint Map(uint input) => input + _offset;

    /// <summary>Remembers the newest timestamp that went out and when its first packet did.</summary>
    public void OnSent(uint output, MonotonicTime now)
    {
        if ((int)(output - _lastOutput) > 0 || !_started)
        {
            _lastOutput = output;
            _lastOutputAt = now;
            _started = true;
        }
    }

    /// <summary>
    /// The next source starts at <paramref name="input"/>. Its output follows the last one by the elapsed time, or is
    /// <paramref name="exact"/> where sender reports told the distance between two layers of one publication.
    /// </summary>
    public void Switch(uint input, int clockRate, uint? exact, MonotonicTime now)
    {
        if (!_started)
        {
            _offset = _lastOutput - input;
            return;
        }

        var elapsed = now - _lastOutputAt;
        var output = _lastOutput + (uint)Math.Max(1, elapsed * clockRate / 1_000_000);
        if (exact is { } candidate)
        {
            var disagreement = (long)(int)(candidate - output) * 1_000_000 / clockRate;
            if (Math.Abs(disagreement) <= MaxDisagreementMicroseconds)
            {
                output = candidate;
            }
        }

        // A key frame of the moment that was last shown already: one tick later, for a timestamp names one frame.
        if ((int)(output - _lastOutput) <= 0)
        {
            output = _lastOutput + 1;
        }

        _offset = output - input;
    }
}
