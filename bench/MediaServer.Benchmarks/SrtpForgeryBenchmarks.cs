using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Benchmarks;

/// <summary>What a packet with a wrong tag costs the one who refuses it.</summary>
public class SrtpForgeryBenchmarks
{
    private readonly byte[] _packet = RandomNumberGenerator.GetBytes(12 + 1200);
    private readonly byte[] _tag = RandomNumberGenerator.GetBytes(AesGcmCipher.TagLength);
    private readonly AesGcmCipher _platform = AesGcmCipher.Create(new byte[16], AesGcmPath.Platform);
    private readonly AesGcmCipher _best = AesGcmCipher.Create(new byte[16]);

    [Benchmark(Baseline = true)]
    public bool RefuseByException() => _platform.TryDecrypt(default, _packet.AsSpan(0, 12), _packet.AsSpan(12), _tag);

    [Benchmark]
    public bool RefuseByResult() => _best.TryDecrypt(default, _packet.AsSpan(0, 12), _packet.AsSpan(12), _tag);
}
