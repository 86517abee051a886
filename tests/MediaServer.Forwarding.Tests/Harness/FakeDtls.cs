using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>A handshake of one datagram: 22 connects, 21 closes, 23 fails. The SRTP keys are fixed and known to <see cref="TestPeer"/>.</summary>
internal sealed class FakeDtlsFactory : IDtlsSessionFactory
{
    public static readonly byte[] Connect = [22, .. new byte[15]];
    public static readonly byte[] CloseNotify = [21, .. new byte[15]];
    public static readonly byte[] Fail = [23, .. new byte[15]];

    public static readonly SrtpKeyingMaterial ServerKeys = new(
        SrtpProfile.AeadAes128Gcm,
        [.. Enumerable.Repeat((byte)1, 16)],
        [.. Enumerable.Repeat((byte)2, 12)],
        [.. Enumerable.Repeat((byte)3, 16)],
        [.. Enumerable.Repeat((byte)4, 12)]);

    public static readonly SrtpKeyingMaterial PeerKeys =
        new(ServerKeys.Profile, ServerKeys.RemoteKey, ServerKeys.RemoteSalt, ServerKeys.LocalKey, ServerKeys.LocalSalt);

    public DtlsFingerprint LocalFingerprint { get; } = new("sha-256", "AA");

    public IDtlsSession Create(DtlsRole role, DtlsFingerprint expectedRemote) => new Session();

    private sealed class Session : IDtlsSession
    {
        public DtlsState State { get; private set; }

        public MonotonicTime NextDeadline => MonotonicTime.Never;

        public SrtpKeyingMaterial? KeyingMaterial => State == DtlsState.Connected ? ServerKeys : null;

        public void Start(MonotonicTime now, IDtlsOutput output)
        {
        }

        public void Receive(ReadOnlySpan<byte> datagram, MonotonicTime now, IDtlsOutput output)
        {
            if (datagram.SequenceEqual(Connect) && State == DtlsState.New)
            {
                State = DtlsState.Connected;
                output.SendDtls([22, 9]);
            }
            else if (datagram.SequenceEqual(CloseNotify))
            {
                State = DtlsState.Closed;
            }
            else if (datagram.SequenceEqual(Fail))
            {
                State = DtlsState.Failed;
            }
        }

        public void OnTimeout(MonotonicTime now, IDtlsOutput output)
        {
        }

        public void Close(MonotonicTime now, IDtlsOutput output) => output.SendDtls([21, 9]);

        public void Dispose()
        {
        }
    }
}
