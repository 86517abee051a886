namespace MediaServer.Protocol.Rtp;

/// <summary>
/// Unwraps 16-bit sequence numbers to 64 bits. A number is taken as the one nearest to the highest seen, so reordering over a
/// wrap is right up to 2^15. Starts one cycle up, so that packets older than the first are not negative.
/// </summary>
public struct SequenceExtender
{
    public long Highest { get; private set; }

    public bool HasValue { get; private set; }

    public long Extend(ushort sequenceNumber)
    {
        if (!HasValue)
        {
            HasValue = true;
            Highest = 0x10000 + sequenceNumber;
            return Highest;
        }

        var extended = Peek(sequenceNumber);
        if (extended > Highest)
        {
            Highest = extended;
        }

        return extended;
    }

    /// <summary>The extended number without moving <see cref="Highest"/>.</summary>
    public readonly long Peek(ushort sequenceNumber) =>
        Highest + SerialNumber.Difference(sequenceNumber, unchecked((ushort)Highest));
}
