using System.Runtime.CompilerServices;

namespace MediaServer.Protocol.Srtp;

/// <summary>
/// Which of the last 1024 packet indices have been accepted (RFC 3711 section 3.3.2 asks for at least 64; late retransmissions of a
/// video frame want more).
/// </summary>
internal struct ReplayWindow
{
    public const int Length = 1024;
    private Bits _bits;

    /// <summary>The highest accepted index; -1 before the first.</summary>
    public long Highest { get; private set; } = -1;

    public ReplayWindow()
    {
    }

    public readonly bool MayAccept(long index) =>
        index > Highest || (index > Highest - Length && index >= 0 && (_bits[WordOf(index)] & BitOf(index)) == 0);

    /// <summary>Call after authentication only.</summary>
    public void Accept(long index)
    {
        if (index > Highest)
        {
            var from = Math.Max(Highest + 1, index - Length + 1);
            for (var skipped = from; skipped < index; skipped++)
            {
                _bits[WordOf(skipped)] &= ~BitOf(skipped);
            }

            Highest = index;
        }

        _bits[WordOf(index)] |= BitOf(index);
    }

    private static int WordOf(long index) => (int)(index % Length) >> 6;

    private static ulong BitOf(long index) => 1UL << (int)(index & 63);

    [InlineArray(Length / 64)]
    private struct Bits
    {
        private ulong _first;
    }
}
