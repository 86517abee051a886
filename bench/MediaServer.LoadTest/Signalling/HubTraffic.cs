using System.Collections.Concurrent;

namespace MediaServer.LoadTest.Signalling;

/// <summary>What all signalling connections have received: bytes in all, and pushes by name.</summary>
internal sealed class HubTraffic
{
    private readonly ConcurrentDictionary<string, Push> _pushes = new();
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many, and how many bytes, by the client method's name.</summary>
    public IReadOnlyDictionary<string, (long Count, long Bytes)> Pushes =>
        _pushes.ToDictionary(p => p.Key, p => (Interlocked.Read(ref p.Value.Count), Interlocked.Read(ref p.Value.Bytes)));

    public void OnBytes(int count) => Interlocked.Add(ref _bytes, count);

    public void OnPush(string target, int bytes)
    {
        var push = _pushes.GetOrAdd(target, _ => new Push());
        Interlocked.Increment(ref push.Count);
        Interlocked.Add(ref push.Bytes, bytes);
    }

    private sealed class Push
    {
        public long Count;
        public long Bytes;
    }
}
