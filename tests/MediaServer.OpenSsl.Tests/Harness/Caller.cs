using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;

namespace MediaServer.OpenSsl.Tests.Harness;

/// <summary>A participant as the router sees one: real ICE checks and a real DTLS client at one address.</summary>
internal sealed class Caller : IIceOutput, IDisposable
{
    private readonly RouterWire _wire;
    private readonly IceClientAgent _ice;

    public Caller(RouterWire wire, long id, OpenSslDtlsSessionFactory dtls, DtlsFingerprint? claimedFingerprint = null)
    {
        _wire = wire;
        Id = id;
        Address = TransportAddress.FromIPv4(0x0A00_0000u + (uint)id, (ushort)(40_000 + id));
        var local = new IceCredentials($"peer{id}", $"peer-password-of-{id:D10}");
        var remote = wire.Open(id, local, claimedFingerprint ?? dtls.LocalFingerprint);
        _ice = new IceClientAgent(local, remote, [Server]);
        Dtls = new DtlsEnd(dtls.Create(DtlsRole.Client, wire.Dtls.LocalFingerprint));
    }

    public static TransportAddress Server { get; } = TransportAddress.FromIPv4(0x0A0A_0A0A, 50_000);

    public long Id { get; }

    public TransportAddress Address { get; }

    public DtlsEnd Dtls { get; }

    public bool IsConnected => Dtls.State == DtlsState.Connected;

    public bool HasIce => _ice.IsConnected;

    /// <summary>ICE until nominated.</summary>
    public void Check()
    {
        _ice.Start(_wire.Now, this);
        TakeAll();
        Assert.True(_ice.IsConnected);
    }

    public void SendClientHello()
    {
        Dtls.Start(_wire.Now);
        SendDtls();
    }

    /// <summary>One datagram of the router's at a time, answered at once; calls <paramref name="between"/> before each.</summary>
    public void TakeAll(Action? between = null)
    {
        while (TakeOne(between))
        {
        }
    }

    public void SendDtls() => Dtls.Take().ForEach(datagram => _wire.Receive(Address, datagram));

    public void SendStun(in TransportAddress to, ReadOnlySpan<byte> message) => _wire.Receive(Address, message.ToArray());

    public void Dispose() => Dtls.Dispose();

    private bool TakeOne(Action? between)
    {
        if (!_wire.TryTake(Address, out var datagram))
        {
            return false;
        }

        between?.Invoke();
        if (DtlsGate.IsDtls(datagram))
        {
            Dtls.Receive(datagram, _wire.Now);
            between?.Invoke();
            SendDtls();
        }
        else if (datagram[0] <= 3)
        {
            _ice.TryReceive(Server, datagram, _wire.Now, this, out _);
        }

        return true;
    }
}
