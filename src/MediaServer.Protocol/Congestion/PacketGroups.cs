namespace MediaServer.Protocol.Congestion;

/// <summary>By how much two successive groups of packets were apart when sent and when they arrived, in microseconds.</summary>
internal readonly record struct GroupDelta(long SendDelta, long ArrivalDelta, long Arrival);

/// <summary>
/// Pre-filtering, draft-ietf-rmcat-gcc-02 section 5.2: packets that were sent together, or that a link let through together after a pause, count
/// as one group; delays are compared between groups.
/// </summary>
internal struct PacketGroups
{
    private const long BurstMicroseconds = 5_000;
    private const long MaxBurstMicroseconds = 100_000;

    /// <summary>A step of the peer's clock this large starts anew.</summary>
    private const long MaxStepMicroseconds = 3_000_000;

    private Group _previous;
    private Group _current;

    /// <summary>True when the packet opens a new group and the two before it can be compared.</summary>
    public bool OnPacket(long sentAt, long arrivedAt, out GroupDelta delta)
    {
        delta = default;
        if (!_current.IsOpen)
        {
            _current = new Group(sentAt, arrivedAt);
            return false;
        }

        if (Math.Abs(arrivedAt - _current.LastArrival) > MaxStepMicroseconds)
        {
            _previous = default;
            _current = new Group(sentAt, arrivedAt);
            return false;
        }

        if (sentAt < _current.FirstSent)
        {
            // Overtaken by a later group.
            return false;
        }

        if (_current.Includes(sentAt, arrivedAt))
        {
            _current.Add(sentAt, arrivedAt);
            return false;
        }

        var complete = _previous.IsOpen;
        if (complete)
        {
            delta = new GroupDelta(_current.LastSent - _previous.LastSent, _current.LastArrival - _previous.LastArrival, _current.LastArrival);
            complete = delta.ArrivalDelta >= 0;
        }

        _previous = _current;
        _current = new Group(sentAt, arrivedAt);
        return complete;
    }

    private struct Group(long sentAt, long arrivedAt)
    {
        private readonly long _firstArrival = arrivedAt;

        public readonly long FirstSent = sentAt;
        public long LastSent = sentAt;
        public long LastArrival = arrivedAt;
        public readonly bool IsOpen = true;

        public readonly bool Includes(long sent, long arrived)
        {
            if (sent - FirstSent <= BurstMicroseconds)
            {
                return true;
            }

            var sinceLast = arrived - LastArrival;
            return sinceLast - (sent - LastSent) < 0 && sinceLast <= BurstMicroseconds && arrived - _firstArrival < MaxBurstMicroseconds;
        }

        public void Add(long sent, long arrived)
        {
            LastSent = Math.Max(LastSent, sent);
            LastArrival = Math.Max(LastArrival, arrived);
        }
    }
}
