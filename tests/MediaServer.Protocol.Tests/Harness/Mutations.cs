using CsCheck;

namespace MediaServer.Protocol.Tests.Harness;

/// <summary>Inputs of fuzz tests: random bytes, and valid messages that were damaged a little so that they get deep into a parser.</summary>
internal static class Mutations
{
    public static readonly Gen<byte[]> AnyBytes = Gen.Byte.Array[0, 300];

    /// <summary>Up to four bytes changed, then possibly cut, or lengthened by garbage.</summary>
    public static Gen<byte[]> Of(params byte[][] valid) => Gen.Select(
        Gen.Int[0, valid.Length - 1],
        Gen.Select(Gen.Int[0, 65_535], Gen.Byte).Array[0, 4],
        Gen.Int[0, 3],
        Gen.Int[0, 65_535],
        Gen.Byte.Array[0, 12],
        (which, changes, shape, cut, tail) =>
        {
            var bytes = valid[which].ToArray();
            foreach (var (position, value) in changes)
            {
                bytes[position % bytes.Length] = value;
            }

            return shape switch
            {
                0 => bytes[..(cut % (bytes.Length + 1))],
                1 => [.. bytes, .. tail],
                _ => bytes,
            };
        });

    /// <summary>Random bytes half of the time, damaged messages else.</summary>
    public static Gen<byte[]> Hostile(params byte[][] valid) => Gen.OneOf(AnyBytes, Of(valid));
}
