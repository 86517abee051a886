using System.Net;
using System.Net.Sockets;
using MediaServer.LoadTest.Engine;

namespace MediaServer.LoadTest.Tests.Engine;

public sealed class MediaEngineTests : IDisposable
{
    private Exception? _failure;
    private readonly MediaEngine _engine;

    public MediaEngineTests() => _engine = new MediaEngine(AddressRange.Loopback, exception => _failure = exception);

    public void Dispose()
    {
        _engine.Dispose();
        Assert.Null(_failure);
    }

    [Fact]
    public async Task What_comes_to_an_address_without_participant_is_noticed()
    {
        using var sender = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await sender.SendAsync(new byte[77], _engine.EndPointOf(4000));
        await sender.SendAsync(new byte[23], _engine.EndPointOf(5));
        long seen = 0;
        for (var i = 0; i < 200 && seen < 100; i++)
        {
            await Task.Delay(20);
            seen = await _engine.Invoke(() => _engine.Counters.UnsolicitedBytes);
        }

        Assert.Equal(100, seen);
    }

    [Fact]
    public async Task Each_participant_sends_under_an_address_of_its_own()
    {
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var destination = Protocol.Primitives.TransportAddress.From((IPEndPoint)receiver.Client.LocalEndPoint!);
        var indices = Enumerable.Range(0, 3).Select(_ => _engine.NextIndex()).ToList();
        await _engine.Invoke(() => indices.ForEach(index =>
        {
            _engine.Reserve()[0] = (byte)index;
            _engine.Commit(index, destination, 1);
        }));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        foreach (var index in indices)
        {
            var received = await receiver.ReceiveAsync(patience.Token);
            Assert.Equal(_engine.EndPointOf(received.Buffer[0]), received.RemoteEndPoint);
            Assert.Equal(index, received.Buffer[0]);
        }
    }

    [Fact]
    public async Task An_exception_of_a_command_goes_to_who_asked_and_the_engine_goes_on()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _engine.Invoke(() => throw new InvalidOperationException("mine")));
        Assert.Equal(7, await _engine.Invoke(() => 7));
    }

    [Fact]
    public void Addresses_are_told_apart_within_the_range_only()
    {
        var range = new AddressRange(0x7F010001, 10, "lo");
        Assert.Equal(0, range.IndexOf(range.AddressOf(0)));
        Assert.Equal(9, range.IndexOf(range.AddressOf(9)));
        Assert.Equal(-1, range.IndexOf(range.AddressOf(10)));
        Assert.Equal(-1, range.IndexOf(0x7F010000));
        Assert.Equal("127.1.0.3", range.At(2).ToString());
    }
}
