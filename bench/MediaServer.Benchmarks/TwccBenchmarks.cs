using BenchmarkDotNet.Attributes;
using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Benchmarks;

/// <summary>Transport-wide feedback on 100 packets of which 5 were lost: about what 100 ms at 10 Mbit/s are. The figure is for all of them.</summary>
public class TwccBenchmarks
{
    private const int Packets = 100;
    private readonly TwccReceiver _receiver = new();
    private readonly byte[] _buffer = new byte[1400];
    private ushort _number;
    private long _microseconds;

    [Benchmark]
    public int NoteAndWriteFeedback()
    {
        for (var i = 0; i < Packets; i++, _number++)
        {
            _microseconds += 700 + (i % 5 * 300);
            if (i % 20 != 7)
            {
                _receiver.OnPacket(_number, MonotonicTime.FromMilliseconds(1).AddMicroseconds(_microseconds));
            }
        }

        var writer = new RtcpWriter(_buffer);
        return _receiver.TryWriteFeedback(ref writer, 1, 2) ? writer.Length : throw new InvalidOperationException("Nothing was reported.");
    }
}
