using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;

namespace MediaServer.OpenSsl.Tests.Harness;

/// <summary>One end of an association: a real OpenSSL session and what it wants to send.</summary>
internal sealed class DtlsEnd(IDtlsSession session) : IDtlsOutput, IDisposable
{
    public IDtlsSession Session { get; } = session;

    public List<byte[]> Outbox { get; } = [];

    /// <summary>Everything that was ever sent.</summary>
    public List<byte[]> Sent { get; } = [];

    public DtlsState State => Session.State;

    public void Start(MonotonicTime now) => Session.Start(now, this);

    public void Receive(ReadOnlySpan<byte> datagram, MonotonicTime now) => Session.Receive(datagram, now, this);

    public void OnTimeout(MonotonicTime now) => Session.OnTimeout(now, this);

    public void Close(MonotonicTime now) => Session.Close(now, this);

    public void SendDtls(ReadOnlySpan<byte> datagram)
    {
        Outbox.Add(datagram.ToArray());
        Sent.Add(Outbox[^1]);
    }

    public List<byte[]> Take()
    {
        var taken = Outbox.ToList();
        Outbox.Clear();
        return taken;
    }

    public void Dispose() => Session.Dispose();
}
