using System.Net;
using MediaServer.MediaPlane.Native;
using MediaServer.MediaPlane.Sockets;
using MediaServer.Protocol.Primitives;

namespace MediaServer.MediaPlane.Tests.Harness;

/// <summary>A port with its sender and queue; packets are numbered by destination, so that each can be told from the others.</summary>
internal sealed class Egress : IDisposable
{
    private readonly UdpPort _port;
    private readonly Dictionary<TransportAddress, int> _queued = [];

    public Egress(bool offload, IPAddress? listen = null)
    {
        _port = new UdpPort(listen ?? IPAddress.IPv6Any, Ports.Free());
        Sender = new DatagramSender(_port.Descriptor, _port.IsIPv6, offload);
        Queued = new EgressQueue(Sender);
    }

    public DatagramSender Sender { get; }

    public EgressQueue Queued { get; }

    public int Pending => Queued.Count;

    /// <summary>The first packets to a peer that has been sent nothing before.</summary>
    public static List<byte[]> Expected(Peer peer, int[] lengths) => [.. lengths.Select((length, i) => Content(peer.Address, i, length))];

    public void Queue(Peer peer, int[] lengths) => QueueTo(peer.Address, lengths);

    public void QueueTo(TransportAddress address, int[] lengths)
    {
        foreach (var length in lengths)
        {
            var number = _queued.GetValueOrDefault(address);
            _queued[address] = number + 1;
            var buffer = Queued.Reserve(address, length);
            Content(address, number, length).CopyTo(buffer);
            Queued.Commit(length);
        }
    }

    public void Flush() => Queued.Flush();

    public unsafe void SetOption(int level, int name, int value) => Assert.Equal(0, LibC.setsockopt(_port.Descriptor, level, name, &value, sizeof(int)));

    public void Dispose()
    {
        Queued.Dispose();
        Sender.Dispose();
        _port.Dispose();
    }

    private static byte[] Content(TransportAddress address, int number, int length)
    {
        var content = new byte[length];
        new Random(HashCode.Combine(address.Port, number)).NextBytes(content);
        return content;
    }
}
