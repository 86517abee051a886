using System.Diagnostics.CodeAnalysis;
using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Transports;

/// <summary>
/// Finds a transport by id, by the local ICE ufrag of a binding request, or by the remote address. Addresses get in only after a verified
/// binding request; the egress is told, for an address may be a TCP connection.
/// </summary>
internal sealed class TransportTable
{
    private const int MaxUfragLength = 256;

    private readonly IEgress _egress;
    private readonly Dictionary<TransportId, PeerTransport> _byId = [];
    private readonly Dictionary<TransportAddress, PeerTransport> _byAddress = [];
    private readonly Dictionary<string, PeerTransport> _byUfrag = [];
    private readonly Dictionary<string, PeerTransport>.AlternateLookup<ReadOnlySpan<char>> _ufragLookup;

    public TransportTable(IEgress egress)
    {
        _egress = egress;
        _ufragLookup = _byUfrag.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public Dictionary<TransportId, PeerTransport>.ValueCollection All => _byId.Values;

    /// <summary>False when the id is taken.</summary>
    public bool TryAdd(PeerTransport transport)
    {
        if (!_byId.TryAdd(transport.Id, transport))
        {
            return false;
        }

        _byUfrag[transport.LocalUfrag] = transport;
        return true;
    }

    public void Remove(PeerTransport transport)
    {
        _byId.Remove(transport.Id);
        RemoveUfrag(transport.LocalUfrag, transport);
        foreach (var address in transport.Addresses)
        {
            RemoveAddress(address, transport);
        }
    }

    public void ChangeUfrag(string old, PeerTransport transport)
    {
        RemoveUfrag(old, transport);
        _byUfrag[transport.LocalUfrag] = transport;
    }

    /// <summary>From now on <paramref name="address"/> is this transport's; a transport keeps its latest few addresses.</summary>
    public void BindAddress(in TransportAddress address, PeerTransport transport)
    {
        if (_byAddress.TryGetValue(address, out var owner) && owner == transport)
        {
            return;
        }

        owner?.ForgetAddress(address);
        _byAddress[address] = transport;
        _egress.Bind(address);
        if (transport.RememberAddress(address, out var forgotten))
        {
            RemoveAddress(forgotten, transport);
        }
    }

    /// <summary>The address is gone by itself. Returns whose it was.</summary>
    public PeerTransport? Unbind(in TransportAddress address) => _byAddress.Remove(address, out var owner) ? owner : null;

    public bool TryFind(TransportId id, [MaybeNullWhen(false)] out PeerTransport transport) => _byId.TryGetValue(id, out transport);

    public bool TryFind(in TransportAddress address, [MaybeNullWhen(false)] out PeerTransport transport) =>
        _byAddress.TryGetValue(address, out transport);

    public bool TryFind(ReadOnlySpan<byte> ufrag, [MaybeNullWhen(false)] out PeerTransport transport)
    {
        if (ufrag.Length > MaxUfragLength)
        {
            transport = null;
            return false;
        }

        Span<char> characters = stackalloc char[MaxUfragLength];
        for (var i = 0; i < ufrag.Length; i++)
        {
            characters[i] = (char)ufrag[i];
        }

        return _ufragLookup.TryGetValue(characters[..ufrag.Length], out transport);
    }

    private void RemoveUfrag(string ufrag, PeerTransport transport)
    {
        if (_byUfrag.TryGetValue(ufrag, out var owner) && owner == transport)
        {
            _byUfrag.Remove(ufrag);
        }
    }

    private void RemoveAddress(in TransportAddress address, PeerTransport transport)
    {
        if (_byAddress.TryGetValue(address, out var owner) && owner == transport)
        {
            _byAddress.Remove(address);
            _egress.Release(address);
        }
    }
}
