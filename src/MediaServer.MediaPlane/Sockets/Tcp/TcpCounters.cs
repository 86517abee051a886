namespace MediaServer.MediaPlane.Sockets.Tcp;

/// <summary>Counted on the shard's thread; read from any.</summary>
internal sealed class TcpCounters
{
    /// <summary>Connections now.</summary>
    public long Open;

    public long Accepted;

    /// <summary>Closed because there were too many.</summary>
    public long Refused;

    /// <summary>Closed because no valid check came in time.</summary>
    public long TimedOut;

    /// <summary>Closed because a frame was too long.</summary>
    public long Malformed;

    public long BytesReceived;

    public long BytesSent;

    public long DatagramsSent;

    /// <summary>Datagrams dropped because their peer read too slowly.</summary>
    public long ControlDropped;

    public long AudioDropped;

    public long VideoDropped;
}
