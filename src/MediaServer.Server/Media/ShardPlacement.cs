namespace MediaServer.Server.Media;

/// <summary>
/// Which shard takes a meeting's next participant. A meeting fills its home shard first; then others that it uses already; then the least
/// loaded one. So a lesson stays on one shard, and a large meeting is spread over no more of them than it needs, for each further shard is
/// one more copy of what everybody watches.
/// </summary>
internal sealed class ShardPlacement(int shards, int participantsPerShard)
{
    private readonly Lock _lock = new();
    private readonly int[] _load = new int[shards];
    private readonly Dictionary<string, Meeting> _meetings = [];
    private int _next;

    /// <summary>Meetings that have rooms or participants.</summary>
    public int Meetings
    {
        get
        {
            lock (_lock)
            {
                return _meetings.Count;
            }
        }
    }

    /// <summary>Transports on <paramref name="shard"/>.</summary>
    public int LoadOf(int shard)
    {
        lock (_lock)
        {
            return _load[shard];
        }
    }

    /// <summary>A room of the meeting was opened; returns the meeting's home shard.</summary>
    public int OpenRoom(string code)
    {
        lock (_lock)
        {
            var meeting = Find(code);
            meeting.Rooms++;
            return meeting.Home;
        }
    }

    public void CloseRoom(string code)
    {
        lock (_lock)
        {
            var meeting = Find(code);
            meeting.Rooms--;
            RemoveIfEmpty(code, meeting);
        }
    }

    /// <summary>The shard of one more participant.</summary>
    public int Place(string code)
    {
        lock (_lock)
        {
            var meeting = Find(code);
            var shard = Choose(meeting);
            meeting.Count[shard]++;
            _load[shard]++;
            return shard;
        }
    }

    /// <summary>A participant that was placed on <paramref name="shard"/> is gone.</summary>
    public void Release(string code, int shard)
    {
        lock (_lock)
        {
            var meeting = Find(code);
            meeting.Count[shard]--;
            _load[shard]--;
            RemoveIfEmpty(code, meeting);
        }
    }

    private Meeting Find(string code)
    {
        if (!_meetings.TryGetValue(code, out var meeting))
        {
            _meetings[code] = meeting = new Meeting(LeastLoaded(_ => true)!.Value, shards);

            // Among equals the next meeting goes to the next shard.
            _next = (meeting.Home + 1) % shards;
        }

        return meeting;
    }

    private int Choose(Meeting meeting)
    {
        if (meeting.Count[meeting.Home] < participantsPerShard)
        {
            return meeting.Home;
        }

        return LeastLoaded(shard => meeting.Count[shard] > 0 && meeting.Count[shard] < participantsPerShard)
            ?? LeastLoaded(shard => meeting.Count[shard] == 0)
            ?? LeastLoaded(_ => true)!.Value;
    }

    private int? LeastLoaded(Func<int, bool> mayBe)
    {
        int? best = null;
        for (var i = 0; i < shards; i++)
        {
            var shard = (_next + i) % shards;
            if (mayBe(shard) && (best is null || _load[shard] < _load[best.Value]))
            {
                best = shard;
            }
        }

        return best;
    }

    private void RemoveIfEmpty(string code, Meeting meeting)
    {
        if (meeting.Rooms == 0 && Array.TrueForAll(meeting.Count, count => count == 0))
        {
            _meetings.Remove(code);
        }
    }

    private sealed class Meeting(int home, int shards)
    {
        public int Home { get; } = home;

        public int Rooms { get; set; }

        /// <summary>Participants by shard.</summary>
        public int[] Count { get; } = new int[shards];
    }
}
