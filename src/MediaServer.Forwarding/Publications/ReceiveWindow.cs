using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Publications;

/// <summary>Which of the last 1024 sequence numbers have arrived, on whatever way (directly or as a retransmission).</summary>
internal sealed class ReceiveWindow
{
    public const int Size = 1024;

    private readonly ulong[] _bits = new ulong[Size / 64];
    private long _highest = long.MinValue;

    /// <summary>False with <see cref="DropReason.RtpDuplicate"/> or <see cref="DropReason.RtpTooOld"/>.</summary>
    public bool TryAdd(long sequence, out DropReason reason)
    {
        reason = DropReason.None;
        if (_highest == long.MinValue || sequence - _highest >= Size)
        {
            Array.Clear(_bits);
            _highest = sequence;
        }
        else if (sequence > _highest)
        {
            for (var skipped = _highest + 1; skipped < sequence; skipped++)
            {
                Word(skipped) &= ~Bit(skipped);
            }

            Word(sequence) &= ~Bit(sequence);
            _highest = sequence;
        }
        else if (_highest - sequence >= Size)
        {
            reason = DropReason.RtpTooOld;
            return false;
        }

        if ((Word(sequence) & Bit(sequence)) != 0)
        {
            reason = DropReason.RtpDuplicate;
            return false;
        }

        Word(sequence) |= Bit(sequence);
        return true;
    }

    public bool Contains(long sequence) =>
        sequence <= _highest && _highest - sequence < Size && (Word(sequence) & Bit(sequence)) != 0;

    public void Clear()
    {
        Array.Clear(_bits);
        _highest = long.MinValue;
    }

    private static ulong Bit(long sequence) => 1UL << (int)(sequence & 63);

    private ref ulong Word(long sequence) => ref _bits[(int)(sequence & (Size - 1)) >> 6];
}
