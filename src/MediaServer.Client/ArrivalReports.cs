using System.Buffers.Binary;
using System.Diagnostics;
using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Client;

/// <summary>Reports to the server when its video packets arrived (transport-wide feedback), as a browser does, so that it knows what gets through.</summary>
internal sealed class ArrivalReports(MediaConnection connection) : IAsyncDisposable
{
    private const int IntervalMilliseconds = 100;
    private const int MaxRtcp = 1200;
    private readonly Lock _lock = new();
    private readonly TwccReceiver _arrivals = new();
    private Timer? _timer;
    private uint _mediaSsrc;

    public void OnRtp(byte[] packet, in RtpHeader header)
    {
        if (!HeaderExtensions.TryFind(packet, header, OfferBuilder.Extensions.TransportSequenceNumber, out var number) || number.Length < 2)
        {
            return;
        }

        lock (_lock)
        {
            _arrivals.OnPacket(BinaryPrimitives.ReadUInt16BigEndian(number), new MonotonicTime(Stopwatch.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMicrosecond));
            _mediaSsrc = header.Ssrc;
            _timer ??= new Timer(_ => Send(), null, IntervalMilliseconds, IntervalMilliseconds);
        }
    }

    public ValueTask DisposeAsync() => _timer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Send()
    {
        Span<byte> buffer = stackalloc byte[MaxRtcp];
        int length;
        lock (_lock)
        {
            var writer = new RtcpWriter(buffer);
            length = _arrivals.TryWriteFeedback(ref writer, _mediaSsrc, _mediaSsrc) ? writer.Length : 0;
        }

        // Not under the lock: packets are handed over under the connection's own.
        if (length > 0)
        {
            connection.SendRtcp(buffer[..length]);
        }
    }
}
