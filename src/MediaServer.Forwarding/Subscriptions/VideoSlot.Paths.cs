using MediaServer.Forwarding.Publications;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Subscriptions;

/// <summary>The part that pauses while the way to the subscriber is congested or gone.</summary>
internal sealed partial class VideoSlot
{
    /// <summary>The way to the subscriber takes no video now: what was under way is lost, and what comes next starts at a key frame.</summary>
    public void OnPathPaused()
    {
        StopCurrent();
        _history.Clear();
    }

    public void OnPathResumed(MonotonicTime now)
    {
        _nextIdleRequest = default;
        ChooseLayer(now);
    }

    /// <summary>What this slot would have sent, were its subscriber not too slow.</summary>
    private bool IsHeldBack(PublicationLayer layer, FrameBatch frame)
    {
        if (layer != _target)
        {
            return false;
        }

        _context.Drops.Count(DropReason.TcpBackPressure, frame.Count);
        return true;
    }
}
