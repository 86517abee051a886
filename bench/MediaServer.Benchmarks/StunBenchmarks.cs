using System.Text;
using BenchmarkDotNet.Attributes;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;

namespace MediaServer.Benchmarks;

/// <summary>An ICE check as a browser sends it: fingerprint, user name and integrity verified, and answered; or refused.</summary>
public class StunBenchmarks
{
    private static readonly IceCredentials Local = new("srv1", "server-password-of-22ch");
    private static readonly IceCredentials Remote = new("brws", "browser-password-of-22c");
    private static readonly TransportAddress From = TransportAddress.FromIPv4(0x0A00_0001, 40_000);
    private readonly MonotonicTime _now = MonotonicTime.FromMilliseconds(1000);
    private readonly byte[] _good = Request(Local.Password);
    private readonly byte[] _forged = Request("another-password-22char");
    private readonly byte[] _response = new byte[IceLiteAgent.MaxResponseLength];
    private readonly IceLiteAgent _agent = new(Local, Remote, MonotonicTime.FromMilliseconds(1000));

    [Benchmark]
    public bool Parse() => StunMessage.TryParse(_good, out _, out _);

    [Benchmark]
    public bool VerifyAndAnswer() =>
        StunMessage.TryParse(_good, out var message, out _) && _agent.OnBindingRequest(From, message, _now, _response, out _, out _);

    [Benchmark]
    public bool RefuseWrongIntegrity() =>
        StunMessage.TryParse(_forged, out var message, out _) && _agent.OnBindingRequest(From, message, _now, _response, out _, out _);

    private static byte[] Request(string password)
    {
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        writer.Add(StunAttribute.Username, Encoding.UTF8.GetBytes($"{Local.UsernameFragment}:{Remote.UsernameFragment}"));
        writer.Add(StunAttribute.UseCandidate, default(ReadOnlySpan<byte>));
        writer.AddIntegrity(Encoding.UTF8.GetBytes(password));
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }
}
