namespace MediaServer.Forwarding.Commands;

/// <summary>Receives the router's events on the shard's thread; must not block.</summary>
public interface IMediaEventSink
{
    void OnMediaEvent(MediaEvent mediaEvent);
}
