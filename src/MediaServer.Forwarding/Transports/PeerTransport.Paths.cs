using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Transports;

/// <summary>
/// The part that knows where the peer is reached, and whether that way takes video now. Over TCP a slow peer makes a queue in front of its
/// connection; the shell drops the video in it and says so. Then video pauses, and starts again at a key frame when the queue is empty.
/// </summary>
internal sealed partial class PeerTransport
{
    /// <summary>Each start costs the publisher, and all who watch it, a key frame: a peer that is too slow for good must not ask for many.</summary>
    private const int MinVideoPause = 500;

    private const int MaxVideoPause = 8000;

    /// <summary>Video that ran for so long was not too much.</summary>
    private const int CalmTime = 15_000;

    private readonly List<TransportAddress> _congested = [];
    private TransportAddress _destination;
    private MonotonicTime _videoResumedAt;
    private MonotonicTime _earliestResume;
    private MonotonicTime _resumeVideoAt = MonotonicTime.Never;
    private int _videoPause;
    private bool _videoFlows;

    /// <summary>Where media goes: the latest pair that the peer nominated; default when its last connection has closed.</summary>
    public ref readonly TransportAddress Destination => ref _destination;

    /// <summary>Keys are there, the peer is reached, and the way to it is not congested.</summary>
    public bool TakesVideo => _videoFlows && IsConnected;

    /// <summary>A TCP connection of this peer has closed.</summary>
    public void OnConnectionClosed(in TransportAddress address, MonotonicTime now)
    {
        _addresses.Remove(address);
        _congested.Remove(address);
        _ice.Forget(address);
        if (_dtlsAddress == address)
        {
            _dtlsAddress = _ice.SelectedAddress;
        }

        SetDestination(_ice.SelectedAddress, now);
        UpdateVideoFlow(now);
    }

    /// <summary>The queue to one of this peer's addresses has outgrown its bounds, or is empty again.</summary>
    public void OnBackPressure(in TransportAddress address, bool isCongested, MonotonicTime now)
    {
        _congested.Remove(address);
        if (isCongested)
        {
            _congested.Add(address);
        }

        UpdateVideoFlow(now);
    }

    private void SetDestination(in TransportAddress destination, MonotonicTime now)
    {
        if (_destination != destination)
        {
            _destination = destination;
            UpdateVideoFlow(now);
        }
    }

    private void UpdateVideoFlow(MonotonicTime now)
    {
        var isOpen = !_destination.IsDefault && !_congested.Contains(_destination);
        if (isOpen == _videoFlows)
        {
            return;
        }

        if (!isOpen)
        {
            PauseVideo(now);
        }
        else if (now >= _earliestResume)
        {
            ResumeVideo(now);
        }
        else if (_resumeVideoAt == MonotonicTime.Never)
        {
            _resumeVideoAt = _earliestResume;
            Schedule(_resumeVideoAt);
        }
    }

    private void PauseVideo(MonotonicTime now)
    {
        _videoFlows = false;
        _resumeVideoAt = MonotonicTime.Never;
        _earliestResume = now;
        if (!_destination.IsDefault)
        {
            var wasCalm = _videoPause == 0 || now >= _videoResumedAt.AddMilliseconds(CalmTime);
            _videoPause = wasCalm ? MinVideoPause : Math.Min(_videoPause * 2, MaxVideoPause);
            _earliestResume = now.AddMilliseconds(_videoPause);
        }

        foreach (var slot in VideoSlots)
        {
            slot.OnPathPaused();
        }
    }

    private void ResumeVideo(MonotonicTime now)
    {
        _videoFlows = true;
        _resumeVideoAt = MonotonicTime.Never;
        _videoResumedAt = now;
        foreach (var slot in VideoSlots)
        {
            slot.OnPathResumed(now);
        }
    }

    /// <summary>The pause is over; meanwhile the way may have become congested again.</summary>
    private void OnVideoPauseOver(MonotonicTime now)
    {
        _resumeVideoAt = MonotonicTime.Never;
        UpdateVideoFlow(now);
    }
}
