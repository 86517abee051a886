using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Srtp;
using MediaServer.Protocol.Tests.Ice;
using static MediaServer.Protocol.Tests.Ice.IcePeer;

namespace MediaServer.Protocol.Tests.Dtls;

/// <summary>CVE-2023-51443: a ClientHello from an address that ICE has not validated must not even create a session.</summary>
public class DtlsGateTests : IDtlsSessionFactory, IDtlsOutput
{
    private static readonly byte[] ClientHello = [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
    private readonly IcePeer _peer = new();
    private readonly DtlsGate _gate;
    private readonly List<RecordedSession> _sessions = [];

    public DtlsGateTests() => _gate = new DtlsGate(this, new DtlsFingerprint("sha-256", "AA"));

    DtlsFingerprint IDtlsSessionFactory.LocalFingerprint => new("sha-256", "BB");

    [Fact]
    public void AClientHelloBeforeIceIsDropped()
    {
        Assert.Equal(DropReason.DtlsBeforeIce, Receive(A, ClientHello));
        Assert.Empty(_sessions);
        Assert.Equal(DtlsState.New, _gate.State);
    }

    [Fact]
    public void AnotherAddressThanTheValidatedOnesIsDroppedBeforeAndDuringTheHandshake()
    {
        _peer.Check(A);
        Assert.Equal(DropReason.DtlsBeforeIce, Receive(B, ClientHello));
        Assert.Equal(DropReason.None, Receive(A, ClientHello));
        Assert.Equal(DropReason.DtlsBeforeIce, Receive(B, ClientHello));
        Assert.Equal(DropReason.DtlsBeforeIce, Receive(Address("192.0.2.1", 1001), ClientHello));
        Assert.Equal(1, _sessions.Single().Received);
        Assert.Equal(DtlsRole.Server, _sessions[0].Role);
        Assert.Equal("AA", _sessions[0].Expected.Value);
    }

    /// <summary>A check that fails for its password, or gets a 487, opens nothing.</summary>
    [Fact]
    public void AFailedCheckOpensNothing()
    {
        _peer.Check(A, extra: MediaServer.Protocol.Stun.StunAttribute.IceControlled);
        _peer.Password = "another-password-012345";
        _peer.Check(A);
        Assert.Equal(DropReason.DtlsBeforeIce, Receive(A, ClientHello));
        Assert.Empty(_sessions);
    }

    [Theory]
    [InlineData(0, 22)]
    [InlineData(12, 22)]
    [InlineData(13, 19)]
    [InlineData(13, 64)]
    public void WhatIsNoRecordIsDropped(int length, byte first)
    {
        _peer.Check(A);
        var datagram = new byte[length];
        datagram.AsSpan(0, Math.Min(1, length)).Fill(first);
        Assert.Equal(DropReason.DtlsMalformed, Receive(A, datagram));
        Assert.Empty(_sessions);
    }

    /// <summary>RFC 7983 section 7.</summary>
    [Fact]
    public void TheFirstByteTellsDtlsFromTheRest() =>
        Assert.Equal(Enumerable.Range(20, 44), Enumerable.Range(0, 256).Where(b => DtlsGate.IsDtls([(byte)b])));

    [Fact]
    public void OneSessionServesAllValidatedAddresses()
    {
        _peer.Check(A);
        _peer.Check(V6);
        Assert.Equal(DropReason.None, Receive(A, ClientHello));
        Assert.Equal(DropReason.None, Receive(V6, ClientHello));
        Assert.Equal(2, _sessions.Single().Received);
        _gate.OnTimeout(At(5), this);
        Assert.Equal(1, _sessions[0].Timeouts);
        Assert.Equal(At(99), _gate.NextDeadline);
    }

    [Fact]
    public void AfterTheEndNothingGetsThrough()
    {
        _peer.Check(A);
        Receive(A, ClientHello);
        _gate.Close(At(1), this);
        _gate.Close(At(2), this);
        Assert.Equal((1, DtlsState.Closed, MonotonicTime.Never), (_sessions[0].Closes, _gate.State, _gate.NextDeadline));
        Assert.Equal(DropReason.TransportClosed, Receive(A, ClientHello));
        _gate.OnTimeout(At(3), this);
        Assert.Equal((1, 0), (_sessions[0].Received, _sessions[0].Timeouts));
        _gate.Dispose();
        _gate.Dispose();
        Assert.Equal(1, _sessions[0].Disposals);
    }

    IDtlsSession IDtlsSessionFactory.Create(DtlsRole role, DtlsFingerprint expectedRemote)
    {
        _sessions.Add(new RecordedSession(role, expectedRemote));
        return _sessions[^1];
    }

    void IDtlsOutput.SendDtls(ReadOnlySpan<byte> datagram)
    {
    }

    private DropReason Receive(TransportAddress from, byte[] datagram)
    {
        Assert.Equal(_gate.TryReceive(from, datagram, _peer.Agent, At(0), this, out var reason), reason == DropReason.None);
        return reason;
    }

    /// <summary>Counts what reaches it: the gate is under test, the handshake is tested with OpenSSL.</summary>
    private sealed class RecordedSession(DtlsRole role, DtlsFingerprint expected) : IDtlsSession
    {
        public DtlsRole Role { get; } = role;

        public DtlsFingerprint Expected { get; } = expected;

        public int Received { get; private set; }

        public int Timeouts { get; private set; }

        public int Closes { get; private set; }

        public int Disposals { get; private set; }

        public DtlsState State => DtlsState.Handshaking;

        public MonotonicTime NextDeadline => At(99);

        public SrtpKeyingMaterial? KeyingMaterial => null;

        public void Start(MonotonicTime now, IDtlsOutput output) => throw new InvalidOperationException("A server never starts.");

        public void Receive(ReadOnlySpan<byte> datagram, MonotonicTime now, IDtlsOutput output) => Received++;

        public void OnTimeout(MonotonicTime now, IDtlsOutput output) => Timeouts++;

        public void Close(MonotonicTime now, IDtlsOutput output) => Closes++;

        public void Dispose() => Disposals++;
    }
}
