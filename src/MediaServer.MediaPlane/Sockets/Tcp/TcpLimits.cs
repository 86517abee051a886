namespace MediaServer.MediaPlane.Sockets.Tcp;

/// <summary>
/// What a shard grants to connections. Whoever has not yet sent a valid check is a stranger and gets little: when there are too many strangers, the
/// oldest makes room, for a browser needs one round trip and whoever idles longest is the least likely to be one.
/// </summary>
internal sealed record TcpLimits
{
    public int MaxConnections { get; init; } = 16 * 1024;

    /// <summary>Strangers in all.</summary>
    public int MaxStrangers { get; init; } = 1024;

    /// <summary>Strangers behind one IPv4 address or IPv6 /64: a school of 60 classrooms that enters in the same second.</summary>
    public int MaxStrangersPerSource { get; init; } = 128;

    /// <summary>How long somebody may remain a stranger, in milliseconds.</summary>
    public int StrangerTimeout { get; init; } = 5000;
}
