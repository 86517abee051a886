namespace PublishFile;

/// <summary>The Opus packets of an Ogg file (RFC 3533, RFC 7845), without its two header packets.</summary>
internal static class OggOpusFile
{
    private const int PageHeaderLength = 27;
    private const int HeaderPackets = 2;

    /// <exception cref="InvalidDataException">Not an Ogg file with Opus.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var packets = new List<ReadOnlyMemory<byte>>();
        var partial = new MemoryStream();
        for (var offset = 0; offset + PageHeaderLength <= bytes.Length && bytes.AsSpan(offset, 4).SequenceEqual("OggS"u8);)
        {
            var segments = bytes[offset + 26];
            var data = offset + PageHeaderLength + segments;
            if (data > bytes.Length)
            {
                break;
            }

            for (var i = 0; i < segments; i++)
            {
                var length = bytes[offset + PageHeaderLength + i];
                if (data + length > bytes.Length)
                {
                    break;
                }

                partial.Write(bytes, data, length);
                data += length;

                // A segment of 255 bytes continues, in the next page if need be.
                if (length < 255)
                {
                    packets.Add(partial.ToArray());
                    partial.SetLength(0);
                }
            }

            offset = data;
        }

        if (packets.Count <= HeaderPackets || !packets[0].Span.StartsWith("OpusHead"u8))
        {
            throw new InvalidDataException($"{path} is not an Ogg file with Opus. Make one with: ffmpeg -i input -c:a libopus -frame_duration 20 output.ogg");
        }

        return packets[HeaderPackets..];
    }
}
