using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Protocol.Tests.Congestion;

/// <summary>The estimator against the reports of a real receiver, and against reports that are not to be believed.</summary>
public class SendSideFeedbackTests
{
    private readonly SendSideEstimator _estimator = new(1_000_000, At(0));
    private readonly TwccReceiver _receiver = new();
    private readonly byte[] _buffer = new byte[1500];

    [Fact]
    public void ReportsSettleWhatIsInFlight()
    {
        for (var i = 0; i < 10; i++)
        {
            _receiver.OnPacket(_estimator.OnSending(1000, At(i * 10)), At(1_000_000 + (i * 10)));
        }

        Assert.Equal(10 * (1000 + SendSideEstimator.PacketOverhead), _estimator.InFlightBytes);
        Assert.False(_estimator.HasFeedback);
        Assert.True(Report(At(150)));
        Assert.True(_estimator.HasFeedback);
        Assert.Equal(0, _estimator.InFlightBytes);
        Assert.InRange(_estimator.ResponseMicroseconds, 60_000, 200_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x7F_FFF0)]
    [InlineData(0xFF_FFF0)]
    public void TheReferenceTimeMayWrap(int reference)
    {
        // 64 ms units: around the sign bit and around the end of the 24 bits.
        var origin = reference * 64L;
        for (var i = 0; i < 400; i++)
        {
            _receiver.OnPacket(_estimator.OnSending(1000, At(i * 10)), At(origin + (i * 10)));
            if (i % 10 == 9)
            {
                Assert.True(Report(At((i * 10) + 25)));
            }
        }

        Assert.InRange(_estimator.AcknowledgedBitrate, 750_000, 900_000);
        Assert.InRange(_estimator.QueueDelayMicroseconds, 0, 1000);
        Assert.InRange(_estimator.Bitrate, 900_000, 1_100_000);
    }

    [Fact]
    public void ReportsOnWhatWasNeverSentChangeNothing()
    {
        _receiver.OnPacket(5000, At(10));
        _receiver.OnPacket(5001, At(20));
        Assert.True(Report(At(50)));
        Assert.False(_estimator.HasFeedback);
        Assert.Equal(1_000_000, _estimator.Bitrate);
    }

    [Fact]
    public void LossThatIsTakenBackIsNoLoss()
    {
        var numbers = Enumerable.Range(0, 40).Select(i => _estimator.OnSending(1000, At(i * 20))).ToList();
        foreach (var number in numbers)
        {
            _receiver.OnPacket(number, At(1000 + (number * 20)));
        }

        Report(At(900));
        Assert.Equal(0, _estimator.Loss);
        Assert.Equal(0, _estimator.InFlightBytes);
    }

    [Fact]
    public void SilenceLowersTheEstimate()
    {
        _receiver.OnPacket(_estimator.OnSending(1000, At(0)), At(10));
        Report(At(50));
        for (var at = 100; at < 3000; at += 100)
        {
            _estimator.OnSending(1000, At(at));
            _estimator.OnTimeout(0, At(at));
        }

        Assert.InRange(_estimator.Bitrate, 150_000, 500_000);
    }

    [Fact]
    public void SendingNothingIsNoSilence()
    {
        _receiver.OnPacket(_estimator.OnSending(1000, At(0)), At(10));
        Report(At(50));
        for (var at = 100; at < 60_000; at += 100)
        {
            _estimator.OnTimeout(0, At(at));
        }

        Assert.Equal(1_000_000, _estimator.Bitrate);
    }

    [Fact]
    public void AMalformedReportIsRefused()
    {
        _estimator.OnSending(1000, At(0));
        byte[] body = [0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0xFF, 0xFF, 0, 0, 0, 0, 0x20, 0x01];
        var view = View(body);
        Assert.False(_estimator.OnFeedback(view, At(10)));
        body[10] = 0;
        body[11] = 3;
        Assert.False(_estimator.OnFeedback(View(body), At(10)));
        Assert.False(_estimator.HasFeedback);
    }

    private static MonotonicTime At(long milliseconds) => MonotonicTime.FromMilliseconds(milliseconds);

    private static TransportFeedbackView View(byte[] body)
    {
        Assert.True(TransportFeedbackView.TryParse(new RtcpPacket(RtcpKind.TransportFeedback, 15, body), out var view));
        return view;
    }

    private bool Report(MonotonicTime now)
    {
        var writer = new RtcpWriter(_buffer);
        Assert.True(_receiver.TryWriteFeedback(ref writer, 1, 2));
        var reader = new RtcpReader(_buffer.AsSpan(0, writer.Length));
        Assert.True(reader.TryReadNext(out var packet, out _));
        Assert.True(TransportFeedbackView.TryParse(packet, out var view));
        return _estimator.OnFeedback(view, now);
    }
}
