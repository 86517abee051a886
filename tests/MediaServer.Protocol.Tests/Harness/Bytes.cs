namespace MediaServer.Protocol.Tests.Harness;

internal static class Bytes
{
    /// <summary>Hex digits with any white space between them, as RFCs print them.</summary>
    public static byte[] Hex(string text) => Convert.FromHexString(string.Concat(text.Where(c => !char.IsWhiteSpace(c))));

    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>A copy with one bit turned.</summary>
    public static byte[] FlipBit(ReadOnlySpan<byte> bytes, int bit)
    {
        var copy = bytes.ToArray();
        copy[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        return copy;
    }
}
