using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>Frames whose end has not come yet, by the time at which they go out all the same. All wait equally long, so a queue is in order.</summary>
internal sealed class FrameSchedule
{
    private readonly Queue<(PublicationLayer Layer, int Number, MonotonicTime Deadline)> _waiting = new();

    public MonotonicTime Next
    {
        get
        {
            ForgetComplete();
            return _waiting.TryPeek(out var next) ? next.Deadline : MonotonicTime.Never;
        }
    }

    public void Add(PublicationLayer layer, MonotonicTime deadline)
    {
        ForgetComplete();
        _waiting.Enqueue((layer, layer.Frame.Number, deadline));
    }

    public PublicationLayer? TakeDue(MonotonicTime now)
    {
        ForgetComplete();
        if (_waiting.TryPeek(out var next) && next.Deadline <= now)
        {
            _waiting.Dequeue();
            return next.Layer;
        }

        return null;
    }

    private void ForgetComplete()
    {
        while (_waiting.TryPeek(out var next) && next.Layer.Frame.Number != next.Number)
        {
            _waiting.Dequeue();
        }
    }
}
