using System.Buffers.Binary;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Benchmarks;

/// <summary>Whole SRTP packets, with nonces, rollover counters and replay windows.</summary>
public class SrtpSessionBenchmarks
{
    private const uint Ssrc = 0x1234_5678;
    private const int HeaderLength = RtpHeader.FixedLength + 8;
    private SrtpSession _sender = null!;
    private SrtpSession _receiver = null!;
    private SrtpSendStream _stream = null!;
    private byte[] _buffer = [];
    private byte[] _payload = [];
    private ushort _sequence;

    [Params(SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80)]
    public SrtpProfile Profile { get; set; }

    /// <summary>Of the payload.</summary>
    [Params(100, 1200)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var saltLength = Profile == SrtpProfile.AeadAes128Gcm ? 12 : 14;
        var keys = new SrtpKeyingMaterial(Profile, Random(16), Random(saltLength), Random(16), Random(saltLength));
        _sender = new SrtpSession(keys);
        _receiver = new SrtpSession(new SrtpKeyingMaterial(Profile, keys.RemoteKey, keys.RemoteSalt, keys.LocalKey, keys.LocalSalt));
        _stream = _sender.SendStream(Ssrc);
        _payload = Random(Length);
        _buffer = new byte[HeaderLength + Length + SrtpSession.MaxRtpOverhead];
        var writer = new RtpWriter(_buffer);
        writer.WriteHeader(96, false, 0, 0, Ssrc);
        writer.AddExtension(4, "v0a"u8);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    /// <summary>As the egress did: the payload is copied into the slot, the stream looked up.</summary>
    [Benchmark(Baseline = true)]
    public int CopyAndProtect()
    {
        Number();
        _payload.CopyTo(_buffer, HeaderLength);
        return _sender.ProtectRtp(_buffer, HeaderLength + Length);
    }

    [Benchmark]
    public int ProtectFromSource()
    {
        Number();
        return _stream.Protect(_buffer, HeaderLength + Length, HeaderLength, 0, _payload);
    }

    [Benchmark]
    public int ProtectInPlace()
    {
        Number();
        return _stream.Protect(_buffer, HeaderLength + Length, HeaderLength);
    }

    [Benchmark]
    public bool ProtectAndUnprotect()
    {
        Number();
        var length = _stream.Protect(_buffer, HeaderLength + Length, HeaderLength);
        return _receiver.TryUnprotectRtp(_buffer.AsSpan(0, length), out _, out _);
    }

    private static byte[] Random(int length) => RandomNumberGenerator.GetBytes(length);

    private void Number() => BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(2), _sequence++);
}
