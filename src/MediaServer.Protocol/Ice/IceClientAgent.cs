using System.Security.Cryptography;
using System.Text;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;

namespace MediaServer.Protocol.Ice;

/// <summary>Receives the checks that an agent wants to send.</summary>
public interface IIceOutput
{
    void SendStun(in TransportAddress to, ReadOnlySpan<byte> message);
}

/// <summary>
/// The controlling end towards an ICE-lite peer (RFC 8445): checks each candidate, nominates the first that answers, and keeps
/// consent (RFC 7675). One component, one local socket. A pure machine.
/// </summary>
public sealed class IceClientAgent
{
    private const long RetransmitMilliseconds = 200;
    private const long ConsentIntervalMilliseconds = 5_000;
    private const uint PeerReflexivePriority = (110u << 24) | (65535u << 8) | 255;
    private readonly byte[] _username;
    private readonly byte[] _remotePassword;
    private readonly ulong _tieBreaker = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly List<Check> _checks = [];
    private MonotonicTime _nextSend = MonotonicTime.Never;
    private MonotonicTime _consentUntil = MonotonicTime.Never;
    private bool _nominated;

    public IceClientAgent(IceCredentials local, IceCredentials remote, IEnumerable<TransportAddress> candidates)
    {
        _username = Encoding.UTF8.GetBytes($"{remote.UsernameFragment}:{local.UsernameFragment}");
        _remotePassword = Encoding.UTF8.GetBytes(remote.Password);
        _checks.AddRange(candidates.Select(c => new Check(c)));
    }

    /// <summary>Where to send; default until a check succeeded.</summary>
    public TransportAddress SelectedAddress { get; private set; }

    /// <summary>The nomination was answered.</summary>
    public bool IsConnected => _nominated;

    public MonotonicTime NextDeadline => _nextSend;

    /// <summary>True when nothing has been heard for 30 s: no candidate answers, or consent is gone.</summary>
    public bool HasFailed(MonotonicTime now) => now >= _consentUntil;

    public void Start(MonotonicTime now, IIceOutput output)
    {
        _consentUntil = now.AddMilliseconds(IceLiteAgent.ConsentMilliseconds);
        SendChecks(now, output);
    }

    public void OnTimeout(MonotonicTime now, IIceOutput output)
    {
        if (now >= _nextSend)
        {
            SendChecks(now, output);
        }
    }

    /// <summary>Takes a response. False for anything that is not an authenticated answer to a check of ours.</summary>
    public bool TryReceive(in TransportAddress from, ReadOnlySpan<byte> datagram, MonotonicTime now, IIceOutput output, out DropReason reason)
    {
        if (!StunMessage.TryParse(datagram, out var message, out reason))
        {
            return false;
        }

        reason = DropReason.StunMalformed;
        if (message.Class != StunClass.SuccessResponse || Find(from, message.TransactionId) is not { } check)
        {
            return false;
        }

        reason = DropReason.StunBadIntegrity;
        if (!message.VerifyIntegrity(_remotePassword))
        {
            return false;
        }

        reason = DropReason.None;
        _consentUntil = now.AddMilliseconds(IceLiteAgent.ConsentMilliseconds);
        if (SelectedAddress.IsDefault)
        {
            SelectedAddress = from;
            SendChecks(now, output);
        }
        else if (check.Nominating && from == SelectedAddress)
        {
            _nominated = true;
            _nextSend = now.AddMilliseconds(ConsentIntervalMilliseconds);
        }

        return true;
    }

    private Check? Find(TransportAddress from, ReadOnlySpan<byte> transactionId)
    {
        foreach (var check in _checks)
        {
            if (check.Address == from && transactionId.SequenceEqual(check.TransactionId))
            {
                return check;
            }
        }

        return null;
    }

    private void SendChecks(MonotonicTime now, IIceOutput output)
    {
        Span<byte> buffer = stackalloc byte[IceLiteAgent.MaxResponseLength + _username.Length];
        foreach (var check in _checks)
        {
            if (!SelectedAddress.IsDefault && check.Address != SelectedAddress)
            {
                continue;
            }

            var nominating = !SelectedAddress.IsDefault;
            if (_nominated || check.Nominating != nominating)
            {
                // Else it repeats a request, whose answer may take longer than the interval (RFC 8489 section 6.2.1). Each consent check
                // is a transaction of its own (RFC 7675 section 5.1).
                RandomNumberGenerator.Fill(check.TransactionId);
            }

            check.Nominating = nominating;
            var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, check.TransactionId);
            writer.Add(StunAttribute.Username, _username);
            writer.Add(StunAttribute.IceControlling, _tieBreaker);
            writer.Add(StunAttribute.Priority, PeerReflexivePriority);
            if (check.Nominating)
            {
                writer.Add(StunAttribute.UseCandidate, []);
            }

            writer.AddIntegrity(_remotePassword);
            writer.AddFingerprint();
            output.SendStun(check.Address, buffer[..writer.Length]);
        }

        _nextSend = now.AddMilliseconds(_nominated ? ConsentIntervalMilliseconds : RetransmitMilliseconds);
    }

    private sealed class Check(TransportAddress address)
    {
        public TransportAddress Address { get; } = address;

        public byte[] TransactionId { get; } = RandomNumberGenerator.GetBytes(12);

        public bool Nominating { get; set; }
    }
}
