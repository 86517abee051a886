using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Tests.Relays;

/// <summary>A link that is full drops, pictures first, and nothing waits.</summary>
public class FullLinkTests
{
    private readonly JoinedRouters _routers = new(2);

    [Fact]
    public void VoicesGetThroughWhenPicturesDoNot()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);
        new Voices(_routers).Speak(200, (publisher, Voices.Loud));
        publisher.Camera.KeyFrame();
        _routers.Deliver();
        subscriber.Receive();

        _routers.Link(0, 1).Capacity = 8000;
        for (var i = 0; i < 10; i++)
        {
            publisher.Camera.Build(size: 1000).ForEach(publisher.SendRtp);
        }

        for (ushort i = 1; i <= 10; i++)
        {
            publisher.SendAudio((ushort)(1000 + i), 960u * i);
        }

        var dropped = _routers[0].Router.Dropped(DropReason.RelayFull);
        Assert.InRange(dropped, 4, 6);
        _routers.Deliver();
        var received = subscriber.Receive();
        Assert.Equal(10, received.Count(Voices.IsAudio));
        Assert.Equal(10 - dropped, received.Count(p => p.Ssrc == subscriber.SlotSsrc()));
    }

    [Fact]
    public void AfterADropThePictureGoesOnAtAKeyFrameThatIsAskedFor()
    {
        var publisher = _routers[0].Join(1);
        var subscriber = _routers[1].Join(2);
        _routers.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        _routers.Advance(1000);
        subscriber.Receive();
        publisher.TakePictureLoss();

        _routers.Link(0, 1).Capacity = 100;
        publisher.Camera.Frame();
        _routers.Link(0, 1).Capacity = 100_000;
        publisher.Camera.Frame();
        _routers.Deliver();
        Assert.Empty(subscriber.ReceiveVideo());
        _routers.Advance(150);
        Assert.Equal([publisher.Camera.Ssrc], publisher.TakePictureLoss());
        publisher.Camera.KeyFrame();
        publisher.Camera.Frame();
        _routers.Deliver();
        Assert.Equal(2, subscriber.ReceiveVideo().Count);
        Assert.Equal(2, _routers[0].Router.Dropped(DropReason.RelayFull));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    public void ARecordThatIsCutOffIsDropped(int length)
    {
        _routers[1].Router.OnRelayRecord(0, new byte[length], _routers[1].Now);
        Assert.Equal(1, _routers[1].Router.Dropped(DropReason.RelayStale));
    }
}
