using MediaServer.LoadTest.Engine;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Tests.Engine;

public sealed class ReceivedStreamTests
{
    private readonly ReceivedStream _stream = new(7, MediaKind.Video);

    [Fact]
    public void A_window_counts_what_came_and_what_should_have_come_over_a_wrap()
    {
        Receive(65_530, 65_531);
        _stream.BeginWindow();
        Receive(65_532, 65_534, 65_535, 0, 1, 3);

        Assert.Equal((6, 8), _stream.Window());
    }

    [Fact]
    public void Reordering_is_no_loss()
    {
        Receive(10);
        _stream.BeginWindow();
        Receive(12, 11, 13);

        Assert.Equal((3, 3), _stream.Window());
    }

    [Fact]
    public void A_stream_that_begins_within_the_window_counts_from_its_first_packet()
    {
        _stream.BeginWindow();
        Assert.Equal((0, 0), _stream.Window());
        Receive(100, 101, 103);
        Assert.Equal((3, 4), _stream.Window());
    }

    [Fact]
    public void Reports_tell_loss_since_the_last_report_and_in_all()
    {
        Receive(1, 2, 3, 4);
        Assert.Equal(0, _stream.Report(default).FractionLost);
        Receive(6, 8);
        var report = _stream.Report(default);

        Assert.Equal(128, report.FractionLost);
        Assert.Equal(2, report.CumulativeLost);
        Assert.Equal(8u, report.ExtendedHighest);
        Assert.Equal(0, _stream.Report(default).FractionLost);
    }

    [Fact]
    public void Reports_answer_the_last_sender_report()
    {
        Receive(1);
        _stream.OnSenderReport(0x1111_2222_3333_4444, MonotonicTime.FromMilliseconds(1000));
        var report = _stream.Report(MonotonicTime.FromMilliseconds(1500));

        Assert.Equal(0x2222_3333u, report.LastSr);
        Assert.Equal(32_768u, report.DelaySinceLastSr);
    }

    private void Receive(params ushort[] numbers)
    {
        foreach (var number in numbers)
        {
            _stream.OnPacket(number);
        }
    }
}
