using MediaServer.Protocol.Congestion;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Tests.Congestion;

public class SendSideHistoryTests
{
    private readonly SentPacketHistory _history = new();

    [Fact]
    public void NumbersBeginAtOneAndWrap()
    {
        for (var i = 1; i <= 70_000; i++)
        {
            var number = _history.Add(100, 0, At(i));
            Assert.Equal((ushort)i, number);
            _history.Settle(number, SentPacketState.Acknowledged);
        }

        Assert.Equal(70_000, _history.Count);
        Assert.True(_history.TryFind(70_000 - 65_536, out var last));
        Assert.Equal(At(70_000), last.SentAt);
    }

    [Fact]
    public void APacketIsFoundAsItWasSent()
    {
        var number = _history.Add(1228, 7, At(5));
        Assert.True(_history.TryFind(number, out var packet));
        Assert.Equal(new SentTransportPacket(At(5), 1228, 7, SentPacketState.InFlight), packet);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(32_768)]
    [InlineData(65_535)]
    public void WhatWasNotSentIsNotFound(int number)
    {
        _history.Add(100, 0, At(1));
        Assert.False(_history.TryFind((ushort)number, out _));
        _history.Settle((ushort)number, SentPacketState.Acknowledged);
        Assert.Equal(100, _history.InFlightBytes);
    }

    [Fact]
    public void InFlightIsWhatIsNeitherAcknowledgedNorLost()
    {
        var first = _history.Add(100, 0, At(1));
        var second = _history.Add(200, 0, At(2));
        _history.Add(400, 0, At(3));
        _history.Settle(first, SentPacketState.Acknowledged);
        _history.Settle(first, SentPacketState.Acknowledged);
        _history.Settle(second, SentPacketState.Lost);
        _history.Settle(second, SentPacketState.Acknowledged);
        Assert.Equal(400, _history.InFlightBytes);
        _history.AbandonInFlight();
        Assert.Equal(0, _history.InFlightBytes);
    }

    [Fact]
    public void ItGrowsWhileMoreIsInFlightAndOverwritesWhatIsOld()
    {
        for (var i = 0; i < 5000; i++)
        {
            _history.Add(10, 0, At(i / 10));
        }

        Assert.Equal(50_000, _history.InFlightBytes);
        Assert.True(_history.TryFind(1, out var first));
        Assert.Equal(At(0), first.SentAt);

        // Two seconds later the same numbers of entries suffice: nobody will report on the old ones.
        for (var i = 0; i < 8192; i++)
        {
            _history.Add(10, 0, At(5000));
        }

        Assert.False(_history.TryFind(1, out _));
        Assert.Equal(81_920, _history.InFlightBytes);
    }

    private static MonotonicTime At(long milliseconds) => MonotonicTime.FromMilliseconds(milliseconds);
}
