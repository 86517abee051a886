using BenchmarkDotNet.Attributes;
using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Rtp;

namespace MediaServer.Benchmarks;

/// <summary>Reading a packet once, and writing it for one subscriber: header, MID, payload with another VP8 descriptor.</summary>
public class RtpBenchmarks
{
    private const int PayloadLength = 1200;
    private readonly byte[] _packet = new byte[1400];
    private readonly byte[] _output = new byte[1400];
    private readonly byte[] _payload = new byte[PayloadLength];
    private readonly byte[] _mid = "v12"u8.ToArray();
    private int _length;
    private Vp8PayloadDescriptor _descriptor;
    private ushort _sequence;

    [GlobalSetup]
    public void Setup()
    {
        ReadOnlySpan<byte> descriptor = [0x90, 0xE0, 0x81, 0x23, 0x45, 0x20];
        descriptor.CopyTo(_payload);
        if (!Vp8PayloadDescriptor.TryParse(_payload, out _descriptor))
        {
            throw new InvalidOperationException("The payload is no VP8.");
        }

        var writer = new RtpWriter(_packet);
        writer.WriteHeader(96, true, 1, 90_000, 0x1234_5678);
        writer.AddExtension(3, [0, 1]);
        writer.AddExtension(4, "1"u8);
        writer.AddExtension(10, "h"u8);
        writer.WritePayload(_payload);
        _length = writer.Length;
    }

    [Benchmark]
    public bool Parse() => RtpHeader.TryParse(_packet.AsSpan(0, _length), out _, out _);

    [Benchmark]
    public bool ParseWithExtensionAndDescriptor()
    {
        var packet = _packet.AsSpan(0, _length);
        return RtpHeader.TryParse(packet, out var header, out _)
            && HeaderExtensions.TryFind(packet, header, 10, out _)
            && Vp8PayloadDescriptor.TryParse(packet.Slice(header.HeaderLength, header.PayloadLength), out _);
    }

    [Benchmark]
    public int RewriteHeaderAndDescriptor()
    {
        var writer = new RtpWriter(_output);
        writer.WriteHeader(120, false, _sequence, _sequence * 3000u, 0x8765_4321);
        writer.AddExtension(4, _mid);
        Vp8PayloadDescriptor.Rewrite(writer.PayloadSpan(_descriptor.Length), _descriptor, _sequence++, 9);
        return writer.Length;
    }

    [Benchmark]
    public int RewriteHeaderDescriptorAndCopyPayload()
    {
        var writer = new RtpWriter(_output);
        writer.WriteHeader(120, false, _sequence, _sequence * 3000u, 0x8765_4321);
        writer.AddExtension(4, _mid);
        var payload = writer.PayloadSpan(PayloadLength);
        _payload.CopyTo(payload);
        Vp8PayloadDescriptor.Rewrite(payload, _descriptor, _sequence++, 9);
        return writer.Length;
    }
}
