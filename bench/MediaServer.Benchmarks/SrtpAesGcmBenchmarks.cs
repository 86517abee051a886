using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Benchmarks;

/// <summary>
/// One SRTP payload under AES-128-GCM with 20 bytes of header as associated data, in place: our two paths, the platform's cipher, OpenSSL. Decryption
/// starts by putting the ciphertext back, for all alike.
/// </summary>
public class SrtpAesGcmBenchmarks
{
    private const int HeaderLength = 20;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _nonce = new byte[GcmNonce.Length];
    private readonly byte[] _tag = new byte[AesGcmCipher.TagLength];
    private readonly byte[] _wrongTag = new byte[AesGcmCipher.TagLength];
    private byte[] _packet = [];
    private byte[] _cipherText = [];
    private byte[] _source = [];
    private AesGcmCipher _multiply128 = null!;
    private AesGcmCipher _multiply256 = null!;
    private AesGcm _platform = null!;
    private OpenSslAesGcm _openSsl = null!;
    private uint _counter;

    [Params(100, 120, 1200)]
    public int Length { get; set; }

    private Span<byte> Header => _packet.AsSpan(0, HeaderLength);

    private Span<byte> Data => _packet.AsSpan(HeaderLength, Length);

    [GlobalSetup]
    public void Setup()
    {
        _packet = new byte[HeaderLength + Length];
        _source = RandomNumberGenerator.GetBytes(Length);
        _multiply128 = AesGcmCipher.Create(_key, Supported(AesGcmPath.CarrylessMultiply128));
        _multiply256 = AesGcmCipher.Create(_key, Supported(AesGcmPath.CarrylessMultiply256));
        _platform = new AesGcm(_key, AesGcmCipher.TagLength);
        _openSsl = new OpenSslAesGcm(_key);
        _platform.Encrypt(_nonce, Data, Data, _tag, Header);
        _cipherText = Data.ToArray();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _multiply128.Dispose();
        _multiply256.Dispose();
        _platform.Dispose();
        _openSsl.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void EncryptPlatform() => _platform.Encrypt(_nonce, Data, Data, _wrongTag, Header);

    [Benchmark]
    public void EncryptOpenSsl() => _openSsl.Encrypt(_nonce, Header, Data, _wrongTag);

    [Benchmark]
    public void EncryptMultiply128() => _multiply128.Encrypt(new GcmNonce(1, _counter++), Header, Data, _wrongTag);

    [Benchmark]
    public void EncryptMultiply256() => _multiply256.Encrypt(new GcmNonce(1, _counter++), Header, Data, _wrongTag);

    /// <summary>Five bytes of payload are there already, the others lie elsewhere: copied first, or read while encrypting.</summary>
    [Benchmark]
    public void CopyThenEncryptMultiply256()
    {
        _source.AsSpan(5).CopyTo(Data[5..]);
        _multiply256.Encrypt(new GcmNonce(1, _counter++), Header, Data, _wrongTag);
    }

    [Benchmark]
    public void EncryptFromSourceMultiply256() => _multiply256.Encrypt(new GcmNonce(1, _counter++), Header, _source.AsSpan(5), Data, 5, _wrongTag);

    [Benchmark]
    public void DecryptPlatform()
    {
        _cipherText.CopyTo(Data);
        _platform.Decrypt(_nonce, Data, _tag, Data, Header);
    }

    [Benchmark]
    public bool DecryptOpenSsl()
    {
        _cipherText.CopyTo(Data);
        return _openSsl.TryDecrypt(_nonce, Header, Data, _tag);
    }

    [Benchmark]
    public bool DecryptMultiply128()
    {
        _cipherText.CopyTo(Data);
        return _multiply128.TryDecrypt(default, Header, Data, _tag);
    }

    [Benchmark]
    public bool DecryptMultiply256()
    {
        _cipherText.CopyTo(Data);
        return _multiply256.TryDecrypt(default, Header, Data, _tag);
    }

    private static AesGcmPath Supported(AesGcmPath path) => AesGcmCipher.IsSupported(path) ? path : AesGcmPath.Platform;
}
