using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using MediaServer.MediaPlane.Sockets;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Benchmarks;

/// <summary>
/// 100 destinations on the loopback interface, with and without segmentation offload. The figure is per datagram of 1200 bytes. Nobody reads what
/// arrives: the kernel carries it to the receiving socket and drops it there once its small buffer is full.
/// </summary>
public class EgressBenchmarks
{
    private const int Destinations = 100;
    private const int DatagramLength = 1200;
    private readonly List<Socket> _receivers = [];
    private readonly TransportAddress[] _addresses = new TransportAddress[Destinations];
    private UdpPort _port = null!;
    private DatagramSender _sender = null!;
    private EgressQueue _queue = null!;

    [Params(false, true)]
    public bool Segmentation { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < Destinations; i++)
        {
            var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 0 };
            receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _receivers.Add(receiver);
            _addresses[i] = TransportAddress.FromIPv4(0x7F00_0001, (ushort)((IPEndPoint)receiver.LocalEndPoint!).Port);
        }

        _port = new UdpPort(IPAddress.Loopback, 0);
        _sender = new DatagramSender(_port.Descriptor, _port.IsIPv6, Segmentation);
        _queue = new EgressQueue(_sender);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _queue.Dispose();
        _sender.Dispose();
        _port.Dispose();
        _receivers.ForEach(r => r.Dispose());
    }

    [Benchmark(OperationsPerInvoke = Destinations)]
    public void OnePerDestination() => Send(1);

    [Benchmark(OperationsPerInvoke = Destinations * 3)]
    public void ThreePerDestination() => Send(3);

    [Benchmark(OperationsPerInvoke = Destinations * 5)]
    public void FivePerDestination() => Send(5);

    private void Send(int each)
    {
        foreach (var address in _addresses)
        {
            for (var i = 0; i < each; i++)
            {
                _queue.Reserve(address, DatagramLength);
                _queue.Commit(DatagramLength);
            }
        }

        _queue.Flush();
    }
}
