using System.Buffers.Binary;

namespace PublishFile;

/// <summary>A VP8 frame of an IVF file; <paramref name="Time"/> in units of the file's time base.</summary>
internal readonly record struct IvfFrame(long Time, ReadOnlyMemory<byte> Data);

/// <summary>An IVF file: header of 32 bytes, then frames with a header of 12.</summary>
internal sealed class IvfFile
{
    private const int FrameHeaderLength = 12;

    private IvfFile(double secondsPerUnit, IReadOnlyList<IvfFrame> frames)
    {
        SecondsPerUnit = secondsPerUnit;
        Frames = frames;
    }

    public double SecondsPerUnit { get; }

    public IReadOnlyList<IvfFrame> Frames { get; }

    /// <summary>Seconds from the first frame to the end of the last, taking that for as long as the first.</summary>
    public double Duration => Frames.Count < 2 ? 1 : (Frames[^1].Time + Frames[1].Time - (2 * Frames[0].Time)) * SecondsPerUnit;

    /// <exception cref="InvalidDataException">Not an IVF file with VP8.</exception>
    public static IvfFile Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < 32 || !bytes.AsSpan(0, 4).SequenceEqual("DKIF"u8) || !bytes.AsSpan(8, 4).SequenceEqual("VP80"u8))
        {
            throw new InvalidDataException($"{path} is not an IVF file with VP8. Make one with: ffmpeg -i input -c:v libvpx -an output.ivf");
        }

        var rate = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(16));
        var scale = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(20));
        var frames = new List<IvfFrame>();
        var offset = (int)BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(6));
        while (offset + FrameHeaderLength <= bytes.Length)
        {
            var length = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset)), int.MaxValue);
            var start = offset + FrameHeaderLength;
            if (length > bytes.Length - start)
            {
                break;
            }

            frames.Add(new IvfFrame(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(offset + 4)), bytes.AsMemory(start, length)));
            offset = start + length;
        }

        return frames.Count > 0 && rate > 0 ? new IvfFile((double)scale / rate, frames) : throw new InvalidDataException($"{path} holds no frames.");
    }
}
