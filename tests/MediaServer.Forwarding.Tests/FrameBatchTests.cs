using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;

namespace MediaServer.Forwarding.Tests;

/// <summary>The packets of a frame leave together, per subscriber in one row and equally long, so that they fit one message.</summary>
public class FrameBatchTests
{
    private readonly RouterHarness _harness = new();
    private readonly TestPeer _publisher;
    private readonly TestPeer _first;
    private readonly TestPeer _second;

    public FrameBatchTests()
    {
        _publisher = _harness.Join(1);
        _first = _harness.Join(2);
        _second = _harness.Join(3);
        _harness.Show(_first, _publisher);
        _harness.Show(_second, _publisher);
        _publisher.Camera.KeyFrame();
        _first.Receive();
        _second.Receive();
        _harness.Egress.Order.Clear();
    }

    [Fact]
    public void AFrameGoesToOneSubscriberAfterTheOther()
    {
        _publisher.Camera.Frame(packets: 3);
        Assert.Equal(
            [_first.Address, _first.Address, _first.Address, _second.Address, _second.Address, _second.Address],
            _harness.Egress.Order);
    }

    [Fact]
    public void WhatHasComeWaitsForTheEndOfTheFrame()
    {
        var packets = _publisher.Camera.Build(packets: 3);
        _publisher.SendRtp(packets[0]);
        _publisher.SendRtp(packets[1]);
        Assert.Empty(_first.ReceiveVideo());
        _publisher.SendRtp(packets[2]);
        Assert.Equal(3, _first.ReceiveVideo().Count);
    }

    [Fact]
    public void ButNotLongerThanTheHold()
    {
        var packets = _publisher.Camera.Build(packets: 3);
        _publisher.SendRtp(packets[0]);
        _harness.Advance(1);
        Assert.Empty(_first.ReceiveVideo());
        Assert.True(_harness.Router.NextDeadline <= _harness.Now.AddMicroseconds(_harness.Options.FrameHold - 1000));
        _harness.Advance(1);
        Assert.Single(_first.ReceiveVideo());
        _publisher.SendRtp(packets[1]);
        _publisher.SendRtp(packets[2]);
        Assert.Equal(2, _first.ReceiveVideo().Count);
    }

    [Fact]
    public void ARowThatIsTooLongGoesWithoutItsEnd()
    {
        var packets = _publisher.Camera.Build(packets: 40);
        foreach (var packet in packets[..32])
        {
            _publisher.SendRtp(packet);
        }

        Assert.Equal(32, _first.ReceiveVideo().Count);
    }

    [Fact]
    public void NearlyEqualPacketsArePaddedToEqualLength()
    {
        // A browser cuts 3002 bytes into 1000, 1001 and 1001: without padding that would be two messages.
        var packets = new[] { 1000, 1001, 1001 }.Select((size, i) => _publisher.Camera.Build(packets: 1, size: size, mark: (byte)i).Single()).ToList();
        packets[0][1] &= 0x7F;
        packets[1][1] &= 0x7F;
        packets.ForEach(_publisher.SendRtp);
        var received = _first.ReceiveVideo();
        Assert.Single(received.Select(p => p.Bytes.Length).Distinct());
        Assert.Equal([1000, 1001, 1001], received.Select(p => p.Payload.Length));
        Assert.Equal([0, 1, 2], received.Select(p => (int)p.Mark));
    }

    [Fact]
    public void AMuchShorterPacketIsNotPadded()
    {
        var packets = new[] { 500, 1000 }.Select(size => _publisher.Camera.Build(packets: 1, size: size).Single()).ToList();
        packets[0][1] &= 0x7F;
        packets.ForEach(_publisher.SendRtp);
        Assert.Equal([0, 0], _first.ReceiveVideo().Select(p => p.Header.PaddingLength));
    }

    [Fact]
    public void MutingDropsWhatWaits()
    {
        _publisher.SendRtp(_publisher.Camera.Build(packets: 2)[0]);
        _harness.Apply(new SetGate(new PublicationId(_publisher.Id, "camera"), false));
        _harness.Advance(10);
        Assert.Empty(_first.ReceiveVideo());
    }

    [Fact]
    public void AKeyFrameThatIsReorderedWithinTheRowGoesOutOnce()
    {
        var late = _harness.Join(4);
        _harness.Show(late, _publisher);
        var packets = _publisher.Camera.Build(key: true, packets: 4);
        foreach (var index in new[] { 1, 0, 2, 3 })
        {
            _publisher.SendRtp(packets[index]);
        }

        var sequences = late.ReceiveVideo().Select(p => (int)p.Sequence).ToList();
        Assert.Equal(4, sequences.Count);
        Assert.Equal(Enumerable.Range(sequences.Min(), 4), sequences.Order());
    }

    [Fact]
    public void APublisherThatLeavesTakesWhatWaitsWithIt()
    {
        _publisher.SendRtp(_publisher.Camera.Build(packets: 2)[0]);
        _harness.Apply(new CloseTransport(_publisher.Id));
        _harness.Advance(10);
        Assert.Empty(_first.ReceiveVideo());
    }
}
