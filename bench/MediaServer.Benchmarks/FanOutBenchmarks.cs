using BenchmarkDotNet.Attributes;
using MediaServer.Forwarding.Tests.Harness;

namespace MediaServer.Benchmarks;

/// <summary>
/// One video packet through the real router: decrypted, parsed, given to each subscriber's slot, rewritten, encrypted, and thrown away where the
/// socket would be. Frames of five packets of 1150 bytes. The figure is per packet that goes out, with its share of what receiving it once costs.
/// </summary>
[InvocationCount(1)]
[WarmupCount(3)]
[IterationCount(40)]
public class FanOutBenchmarks
{
    private const int FramePackets = 5;
    private const int PacketsOut = 16_000;
    private byte[][] _datagrams = [];
    private RouterHarness _harness = null!;
    private TestPeer _publisher = null!;

    [Params(1, 10, 200)]
    public int Subscribers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _datagrams = new byte[PacketsOut / Subscribers][];
        _harness = new RouterHarness();
        _publisher = _harness.Join(1);
        for (var i = 0; i < Subscribers; i++)
        {
            _harness.Show(_harness.Join(2 + i), _publisher);
        }

        _publisher.Camera.KeyFrame();
        _harness.Advance(300);
        _harness.Egress.CountOnly = true;
    }

    /// <summary>Each packet is taken once only, so each run needs others.</summary>
    [IterationSetup]
    public void Encrypt()
    {
        for (var i = 0; i < _datagrams.Length; i += FramePackets)
        {
            var packets = _publisher.Camera.Build(packets: FramePackets, size: 1150);
            for (var k = 0; k < FramePackets; k++)
            {
                _datagrams[i + k] = _publisher.Protect(packets[k]);
            }
        }
    }

    [Benchmark(OperationsPerInvoke = PacketsOut)]
    public void Forward()
    {
        var before = _harness.Egress.Count;
        foreach (var datagram in _datagrams)
        {
            _harness.Router.OnDatagram(_publisher.Address, datagram, _harness.Now);
        }

        if (_harness.Egress.Count - before != PacketsOut)
        {
            throw new InvalidOperationException($"{_harness.Egress.Count - before} packets were sent, not {PacketsOut}.");
        }
    }
}
