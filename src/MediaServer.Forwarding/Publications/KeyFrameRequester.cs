using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>
/// Turns many subscribers' wishes for a key frame into few PLIs. A wish that comes too soon after the last PLI waits; a key frame
/// fulfils it. Whoever still waits repeats the wish.
/// </summary>
internal sealed class KeyFrameRequester(int intervalMilliseconds)
{
    private MonotonicTime _sentAt;
    private bool _sent;

    /// <summary>Somebody waits for a key frame and no PLI went out for that wish yet.</summary>
    public bool Wanted { get; private set; }

    public void Request() => Wanted = true;

    /// <summary>True when a PLI is to be sent now.</summary>
    public bool TryTake(MonotonicTime now)
    {
        if (!Wanted || (_sent && now - _sentAt < intervalMilliseconds * 1000L))
        {
            return false;
        }

        Wanted = false;
        _sent = true;
        _sentAt = now;
        return true;
    }

    public void OnKeyFrame() => Wanted = false;
}
