namespace MediaServer.Protocol.Rtp;

/// <summary>Arithmetic on wrapping numbers (RFC 1982): sequence numbers of 16 bits and timestamps of 32.</summary>
public static class SerialNumber
{
    /// <summary>How far <paramref name="a"/> is ahead of <paramref name="b"/>; negative when behind.</summary>
    public static short Difference(ushort a, ushort b) => unchecked((short)(a - b));

    /// <inheritdoc cref="Difference(ushort, ushort)"/>
    public static int Difference(uint a, uint b) => unchecked((int)(a - b));

    public static bool IsNewer(ushort a, ushort than) => Difference(a, than) > 0;
}
