using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>Packets that wait to go out together.</summary>
internal interface IHeldPackets
{
    /// <summary>Tells the rows of one owner apart: it changes whenever the row goes out.</summary>
    int Number { get; }

    void Dispatch(MonotonicTime now);
}

/// <summary>Rows of packets by the time at which they go out even if incomplete. All wait equally long, so a queue is in order.</summary>
internal sealed class HoldQueue(int microseconds)
{
    private readonly Queue<(IHeldPackets Held, int Number, MonotonicTime Deadline)> _waiting = new();

    public MonotonicTime Next
    {
        get
        {
            ForgetComplete();
            return _waiting.TryPeek(out var next) ? next.Deadline : MonotonicTime.Never;
        }
    }

    /// <summary>The first packet of a row has come.</summary>
    public void Add(IHeldPackets held, MonotonicTime now)
    {
        ForgetComplete();
        _waiting.Enqueue((held, held.Number, now.AddMicroseconds(microseconds)));
    }

    public void DispatchDue(MonotonicTime now)
    {
        while (Next <= now)
        {
            _waiting.Dequeue().Held.Dispatch(now);
        }
    }

    private void ForgetComplete()
    {
        while (_waiting.TryPeek(out var next) && next.Held.Number != next.Number)
        {
            _waiting.Dequeue();
        }
    }
}
