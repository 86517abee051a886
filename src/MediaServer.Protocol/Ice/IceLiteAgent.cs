using System.Buffers.Binary;
using System.Text;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;

namespace MediaServer.Protocol.Ice;

/// <summary>
/// The lite, controlled end of one ICE component (RFC 8445 section 2.5) with consent (RFC 7675): it answers authenticated checks,
/// follows nominations and remembers which addresses it may talk to. A pure machine.
/// </summary>
public sealed class IceLiteAgent
{
    /// <summary>RFC 7675 section 5.1: consent expires 30 s after the last authenticated sign of the peer.</summary>
    public const long ConsentMilliseconds = 30_000;

    /// <summary>Large enough for any response of this agent.</summary>
    public const int MaxResponseLength = 200;

    private const int MaxAddresses = 16;
    private const int MaxUnknownAttributes = 16;
    private readonly List<(TransportAddress Address, MonotonicTime Seen)> _validated = new(MaxAddresses);
    private byte[] _password;
    private byte[] _username;
    private bool _restarted;

    public IceLiteAgent(IceCredentials local, IceCredentials remote, MonotonicTime now)
    {
        Local = local;
        _password = Encoding.UTF8.GetBytes(local.Password);
        _username = UsernameOf(local, remote);
        ConsentDeadline = now.AddMilliseconds(ConsentMilliseconds);
    }

    public IceCredentials Local { get; private set; }

    /// <summary>The latest nominated address, before that the first validated; default when none.</summary>
    public TransportAddress SelectedAddress { get; private set; }

    public bool HasValidPair => !SelectedAddress.IsDefault;

    /// <summary>When the peer counts as gone, unless it is heard before.</summary>
    public MonotonicTime ConsentDeadline { get; private set; }

    /// <summary>Whose transport a check is for: the part of USERNAME before the colon (RFC 8445 section 7.2.2).</summary>
    public static bool TryReadLocalUfrag(in StunMessage request, out ReadOnlySpan<byte> ufrag)
    {
        var username = request.Username;
        var colon = username.IndexOf((byte)':');
        ufrag = colon > 0 ? username[..colon] : default;
        return colon > 0;
    }

    public bool IsValidated(in TransportAddress address) => IndexOf(address) >= 0;

    /// <summary>
    /// Answers a check. True: send the first <paramref name="responseLength"/> bytes of <paramref name="response"/> to <paramref name="from"/>; that
    /// may be an error response, which validates nothing. False: drop for <paramref name="reason"/>.
    /// </summary>
    public bool OnBindingRequest(in TransportAddress from, in StunMessage request, MonotonicTime now, Span<byte> response, out int responseLength, out DropReason reason)
    {
        responseLength = 0;
        if (request.Class != StunClass.Request || request.Method != StunMessage.BindingMethod)
        {
            reason = DropReason.StunNotBindingRequest;
            return false;
        }

        if (!request.VerifyFingerprint())
        {
            reason = DropReason.StunBadFingerprint;
            return false;
        }

        if (!request.Username.SequenceEqual(_username))
        {
            reason = DropReason.StunUnknownUsername;
            return false;
        }

        if (!request.VerifyIntegrity(_password))
        {
            reason = DropReason.StunBadIntegrity;
            return false;
        }

        reason = DropReason.None;
        Span<byte> unknown = stackalloc byte[MaxUnknownAttributes * 2];
        var unknownLength = CollectUnknownAttributes(request, unknown);
        if (unknownLength > 0)
        {
            responseLength = WriteUnknownAttributes(response, request, unknown[..unknownLength]);
            return true;
        }

        if (request.TryGetAttribute(StunAttribute.IceControlled, out _))
        {
            // A lite agent is controlled; the peer must switch (RFC 8445 section 7.3.1.1).
            responseLength = WriteError(response, request, 487, "Role Conflict"u8);
            return true;
        }

        Validate(from, request.UseCandidate, now);
        var writer = new StunWriter(response, StunClass.SuccessResponse, StunMessage.BindingMethod, request.TransactionId);
        writer.AddXorMappedAddress(from);
        writer.AddIntegrity(_password);
        writer.AddFingerprint();
        responseLength = writer.Length;
        return true;
    }

    /// <summary>An ICE restart (RFC 8445 section 9). Media stays on the old address until a check with the new credentials validates one.</summary>
    public void Restart(IceCredentials local, IceCredentials remote, MonotonicTime now)
    {
        Local = local;
        _password = Encoding.UTF8.GetBytes(local.Password);
        _username = UsernameOf(local, remote);
        ConsentDeadline = now.AddMilliseconds(ConsentMilliseconds);
        _restarted = true;
    }

    /// <summary>
    /// The connection behind <paramref name="address"/> is gone. If it was in use, the address that was heard last takes over until the peer
    /// nominates another; without one there is none.
    /// </summary>
    public void Forget(in TransportAddress address)
    {
        var index = IndexOf(address);
        if (index >= 0)
        {
            _validated.RemoveAt(index);
        }

        if (SelectedAddress == address)
        {
            SelectedAddress = LatestHeard();
        }
    }

    private static byte[] UsernameOf(IceCredentials local, IceCredentials remote) =>
        Encoding.UTF8.GetBytes($"{local.UsernameFragment}:{remote.UsernameFragment}");

    /// <summary>Comprehension-required types that this agent does not know, as UNKNOWN-ATTRIBUTES lists them (RFC 8489 section 14.9).</summary>
    private static int CollectUnknownAttributes(in StunMessage request, Span<byte> list)
    {
        var length = 0;
        var attributes = request.EnumerateAttributes();
        while (length < list.Length && attributes.MoveNext())
        {
            if ((ushort)attributes.Type < 0x8000 && !Enum.IsDefined(attributes.Type))
            {
                BinaryPrimitives.WriteUInt16BigEndian(list[length..], (ushort)attributes.Type);
                length += 2;
            }
        }

        return length;
    }

    private int WriteUnknownAttributes(Span<byte> response, in StunMessage request, ReadOnlySpan<byte> unknown)
    {
        var writer = new StunWriter(response, StunClass.ErrorResponse, StunMessage.BindingMethod, request.TransactionId);
        writer.AddErrorCode(420, "Unknown Attribute"u8);
        writer.Add(StunAttribute.UnknownAttributes, unknown);
        writer.AddIntegrity(_password);
        writer.AddFingerprint();
        return writer.Length;
    }

    private int WriteError(Span<byte> response, in StunMessage request, int code, ReadOnlySpan<byte> phrase)
    {
        var writer = new StunWriter(response, StunClass.ErrorResponse, StunMessage.BindingMethod, request.TransactionId);
        writer.AddErrorCode(code, phrase);
        writer.AddIntegrity(_password);
        writer.AddFingerprint();
        return writer.Length;
    }

    private void Validate(in TransportAddress from, bool nominated, MonotonicTime now)
    {
        ConsentDeadline = now.AddMilliseconds(ConsentMilliseconds);
        var index = IndexOf(from);
        if (index >= 0)
        {
            _validated[index] = (from, now);
        }
        else
        {
            if (_validated.Count == MaxAddresses)
            {
                _validated.RemoveAt(OldestUnselected());
            }

            _validated.Add((from, now));
        }

        if (nominated || !HasValidPair || _restarted)
        {
            SelectedAddress = from;
            _restarted = false;
        }
    }

    private TransportAddress LatestHeard()
    {
        var latest = -1;
        for (var i = 0; i < _validated.Count; i++)
        {
            if (latest < 0 || _validated[i].Seen > _validated[latest].Seen)
            {
                latest = i;
            }
        }

        return latest < 0 ? default : _validated[latest].Address;
    }

    private int OldestUnselected()
    {
        var oldest = -1;
        for (var i = 0; i < _validated.Count; i++)
        {
            if (_validated[i].Address != SelectedAddress && (oldest < 0 || _validated[i].Seen < _validated[oldest].Seen))
            {
                oldest = i;
            }
        }

        return oldest;
    }

    private int IndexOf(in TransportAddress address)
    {
        for (var i = 0; i < _validated.Count; i++)
        {
            if (_validated[i].Address == address)
            {
                return i;
            }
        }

        return -1;
    }
}
