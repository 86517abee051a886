using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Tests;

/// <summary>A subscriber behind TCP that reads too slowly: video pauses and comes back, the rest goes on.</summary>
public class BackPressureTests
{
    private readonly RouterHarness _harness = new();
    private readonly TestPeer _publisher;
    private readonly TestPeer _slow;
    private readonly TestPeer _other;

    public BackPressureTests()
    {
        _publisher = _harness.Join(1);
        _other = _harness.Join(3);
        _slow = _harness.Join(2, connect: false);
        _slow.Address = _slow.Address.OverTcp(1);
        _slow.Connect();
        _harness.Show(_slow, _publisher);
        _harness.Show(_other, _publisher);
        _publisher.Camera.KeyFrame();
        _harness.Advance(1000);
        Assert.Single(_slow.ReceiveVideo());
        Assert.Single(_other.ReceiveVideo());
        _publisher.Receive();
    }

    [Fact]
    public void VideoPausesForTheSlowPeerOnly()
    {
        Congest();
        _publisher.Camera.Frame(packets: 3, mark: 5);
        Assert.Empty(_slow.ReceiveVideo());
        Assert.Equal(3, _other.ReceiveVideo().Count);
        Assert.Equal(3, _harness.Router.Dropped(DropReason.TcpBackPressure));
        Assert.Equal(0, _harness.Router.Dropped(DropReason.NoSubscriber));
    }

    [Fact]
    public void AudioAndReportsGoOn()
    {
        Congest();
        _slow.Receive();
        for (ushort i = 0; i < 60; i++)
        {
            _publisher.SendAudio(i, i * 960u, level: 5);
            _harness.Advance(20);
        }

        var audio = _slow.Receive();
        Assert.True(audio.Count > 40, $"{audio.Count} packets of audio");
        Assert.DoesNotContain(audio, p => p.Ssrc == _slow.SlotSsrc());
    }

    [Fact]
    public void WhileItIsPausedNobodyIsAskedForAKeyFrameOnItsBehalf()
    {
        Congest();
        var asks = _slow.SlotSsrc();
        _slow.SendRtcp((ref RtcpWriter writer) => writer.AddPli(1, asks));
        _harness.Advance(3000);
        Assert.Empty(_publisher.TakePictureLoss());
    }

    [Fact]
    public void ItStartsAgainAtAKeyFrameHalfASecondLaterWithTheNextNumber()
    {
        var last = SendFrame();
        Congest();
        _publisher.Camera.Frame();
        _harness.Advance(100);
        Drain();
        Assert.Empty(_publisher.TakePictureLoss());
        _harness.Advance(399);
        Assert.Empty(_publisher.TakePictureLoss());
        _harness.Advance(2);
        Assert.Equal([_publisher.Camera.Ssrc], _publisher.TakePictureLoss());

        _publisher.Camera.Frame();
        Assert.Empty(_slow.ReceiveVideo());
        _publisher.Camera.KeyFrame(mark: 9);
        var resumed = _slow.ReceiveVideo().Single();
        Assert.Equal((9, (ushort)(last + 1)), (resumed.Mark, resumed.Sequence));
    }

    [Fact]
    public void WhatWasDroppedIsNotSentAgain()
    {
        var lost = SendFrame();
        Congest();
        Drain();
        _harness.Advance(501);
        _publisher.Camera.KeyFrame();
        _slow.Receive();
        var asks = _slow.SlotSsrc();
        _slow.SendRtcp((ref RtcpWriter writer) => writer.AddNack(1, asks, [lost]));
        Assert.DoesNotContain(_slow.Receive(), p => p.Ssrc == _slow.SlotRtxSsrc());
    }

    [Fact]
    public void APeerThatIsTooSlowForGoodAsksForFewerAndFewerKeyFrames()
    {
        var pauses = new List<int>();
        for (var round = 0; round < 7; round++)
        {
            Congest();
            Drain();
            pauses.Add(TimeToKeyFrameRequest());
        }

        Assert.Equal([500, 1000, 2000, 4000, 8000, 8000, 8000], pauses);
        Calm(16_000);
        Congest();
        Drain();
        Assert.Equal(500, TimeToKeyFrameRequest());
    }

    [Fact]
    public void ItStaysPausedWhileTheQueueIsNotEmpty()
    {
        Congest();
        Calm(5000);
        _publisher.Camera.KeyFrame();
        Assert.Empty(_slow.ReceiveVideo());
        Drain();
        Assert.Equal(0, TimeToKeyFrameRequest());
    }

    [Fact]
    public void CongestedAgainWithinThePauseItWaitsForTheNextDrain()
    {
        Congest();
        Drain();
        _harness.Advance(200);
        Congest();
        Calm(2000);
        Assert.Empty(_publisher.TakePictureLoss());
        Drain();
        Assert.Equal(0, TimeToKeyFrameRequest());
    }

    [Fact]
    public void AnotherConnectionIsNotCongestedByTheFirst()
    {
        Congest();
        _slow.Address = _slow.Address.OverTcp(2);
        _slow.Check();
        Calm(501);
        _publisher.Camera.KeyFrame(mark: 3);
        Assert.Equal(3, _slow.ReceiveVideo().Single().Mark);
    }

    [Fact]
    public void ACongestedConnectionThatClosesLeavesNothingBehind()
    {
        Congest();
        _harness.Router.OnConnectionClosed(_slow.Address, _harness.Now);
        _harness.Egress.Bound.Remove(_slow.Address);
        _slow.Address = _slow.Address.OverTcp(2);
        _slow.Check();
        Calm(501);
        _publisher.Camera.KeyFrame(mark: 4);
        Assert.Equal(4, _slow.ReceiveVideo().Single().Mark);
    }

    private void Congest() => _harness.Router.OnBackPressure(_slow.Address, true, _harness.Now);

    private void Drain() => _harness.Router.OnBackPressure(_slow.Address, false, _harness.Now);

    private ushort SendFrame()
    {
        _publisher.Camera.Frame();
        return _slow.ReceiveVideo().Single().Sequence;
    }

    /// <summary>Time in which consent stays fresh.</summary>
    private void Calm(int milliseconds)
    {
        for (var passed = 0; passed < milliseconds; passed += 1000)
        {
            _publisher.Check();
            _slow.Check();
            _other.Check();
            _harness.Advance(Math.Min(1000, milliseconds - passed));
        }
    }

    private int TimeToKeyFrameRequest()
    {
        for (var passed = 0; passed <= 10_000; passed += 100)
        {
            if (_publisher.TakePictureLoss().Count > 0)
            {
                _publisher.Camera.KeyFrame();
                Assert.Single(_slow.ReceiveVideo());
                return passed;
            }

            _publisher.Camera.Frame();
            Calm(100);
        }

        throw new InvalidOperationException("no key frame was asked for");
    }
}
