namespace MediaServer.Forwarding.Commands;

/// <summary>Ids carry their shard in the upper 15 bits, so that nobody has to look up where something is.</summary>
internal static class ShardPrefix
{
    private const int Shift = 48;
    private const long NumberMask = (1L << Shift) - 1;

    public static long Compose(int shard, long number) => ((long)shard << Shift) | (number & NumberMask);

    public static int ShardOf(long value) => (int)(value >> Shift);
}
