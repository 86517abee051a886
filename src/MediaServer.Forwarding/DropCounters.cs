using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding;

/// <summary>One counter per <see cref="DropReason"/>.</summary>
internal sealed class DropCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<DropReason>().Length];

    public void Count(DropReason reason, int packets = 1)
    {
        if ((uint)reason < (uint)_counts.Length)
        {
            _counts[(int)reason] += packets;
        }
    }

    public long Of(DropReason reason) => (uint)reason < (uint)_counts.Length ? _counts[(int)reason] : 0;
}
