using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;

namespace MediaServer.Forwarding.Tests.Congestion;

/// <summary>Layers that nobody watches are switched off at the publisher, and on again at once when somebody does.</summary>
public class LayerDemandTests
{
    private readonly BandwidthScene _scene = new(new BottleneckLink(1));

    private RouterHarness Harness => _scene.Harness;

    private SimulatedCamera Camera => _scene.Cameras[0];

    [Fact]
    public void WithoutAViewerAllLayersGoOffAfterTwoSeconds()
    {
        _scene.Run(2000);
        Assert.Empty(Harness.Take<LayersWanted>());
        _scene.Run(300);
        Assert.Equal(new LayersWanted(new PublicationId(Camera.Peer.Id, "camera"), 0), Assert.Single(Harness.Take<LayersWanted>()));
        _scene.Run(10_000);
        Assert.Empty(Harness.Take<LayersWanted>());
    }

    [Theory]
    [InlineData(180, 0b001)]
    [InlineData(360, 0b010)]
    [InlineData(720, 0b100)]
    public void OnlyTheLayerThatTheTileNeedsStaysOn(int height, int layers)
    {
        _scene.Run(500);
        _scene.ShowAll(height);
        _scene.Run(6000);
        Assert.Equal(layers, Harness.Take<LayersWanted>()[^1].ActiveLayers);
    }

    [Fact]
    public void APublisherThatObeysIsWokenForALargerTileAndThePresentLayerGoesOnUntilThen()
    {
        _scene.CamerasObey = true;
        _scene.Run(500);
        _scene.ShowAll(180);
        _scene.Run(6000);
        Assert.Equal(0b001, Camera.Active);

        Camera.Obeys = false;
        _scene.ShowAll(720);
        Assert.Equal(0b101, Assert.Single(Harness.Take<LayersWanted>()).ActiveLayers & 0b101);
        var decoded = _scene.Viewer.Slot(0).Decoded;
        _scene.Run(1000);
        Assert.Equal(0, _scene.Viewer.Slot(0).Layer);
        Assert.True(_scene.Viewer.Slot(0).Decoded >= decoded + 28);

        Camera.Active = 0b111;
        _scene.Run(1500);
        Assert.Equal(2, _scene.Viewer.Slot(0).Layer);
    }

    [Fact]
    public void AFirstViewerWakesAPublisherWhoseLayersAreAllOff()
    {
        _scene.CamerasObey = true;
        _scene.Run(4000);
        Assert.Equal(0, Camera.Active);
        _scene.ShowAll(360);
        _scene.Run(500);
        Assert.Equal(0b010, Camera.Active);
        Assert.Equal(1, _scene.Viewer.Slot(0).Layer);
    }

    [Fact]
    public void ALayerThatDoesNotComeBackIsNotWaitedForForEver()
    {
        _scene.CamerasObey = true;
        _scene.Run(500);
        _scene.ShowAll(180);
        _scene.Run(6000);
        Camera.Obeys = false;
        _scene.ShowAll(720);
        _scene.Run(1000);
        Camera.Active = 0b010;
        _scene.Run(4000);
        Assert.Equal(1, _scene.Viewer.Slot(0).Layer);
    }

    [Fact]
    public void WhatBandwidthTakesAwayIsStillWanted()
    {
        _scene.Viewer.Link.Rate = 800_000;
        _scene.Run(500);
        _scene.ShowAll(720);
        _scene.Run(10_000);
        Assert.Equal(1, _scene.Viewer.Slot(0).Layer);
        Assert.Equal(0b110, Harness.Take<LayersWanted>()[^1].ActiveLayers & 0b110);
    }

    [Fact]
    public void CongestionWakesALowerLayerThatWasOff()
    {
        _scene.CamerasObey = true;
        _scene.Run(500);
        _scene.ShowAll(720);
        _scene.Run(8000);
        Assert.Equal(0b100, Camera.Active);
        _scene.Viewer.Link.Rate = 800_000;
        _scene.Run(6000);
        Assert.True(_scene.Viewer.Slot(0).Layer < 2);
        Assert.NotEqual(0, Camera.Active & 0b011);
        var decoded = _scene.Viewer.Slot(0).Decoded;
        _scene.Run(2000);
        Assert.True(_scene.Viewer.Slot(0).Decoded >= decoded + 55);
    }
}
