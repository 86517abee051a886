using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Primitives;

namespace MediaServer.OpenSsl.Tests.Harness;

/// <summary>What happens to a datagram on the way: what arrives instead of it, in order; nothing when it is lost.</summary>
internal delegate IEnumerable<byte[]> Network(bool fromClient, int flight, byte[] datagram);

/// <summary>A client and a server on a virtual clock. Datagrams take no time; timers fire at their deadlines.</summary>
internal sealed class DtlsPair : IDisposable
{
    private int _flight;

    public DtlsPair(OpenSslDtlsSessionFactory clients, OpenSslDtlsSessionFactory servers, DtlsFingerprint? expectedByClient = null, DtlsFingerprint? expectedByServer = null)
    {
        Client = new DtlsEnd(clients.Create(DtlsRole.Client, expectedByClient ?? servers.LocalFingerprint));
        Server = new DtlsEnd(servers.Create(DtlsRole.Server, expectedByServer ?? clients.LocalFingerprint));
    }

    public static MonotonicTime Start { get; } = MonotonicTime.FromMilliseconds(1_000);

    public DtlsEnd Client { get; }

    public DtlsEnd Server { get; }

    public MonotonicTime Now { get; private set; } = Start;

    /// <summary>Since the start.</summary>
    public long ElapsedMilliseconds => (Now - Start) / 1000;

    public Network Network { get; init; } = (_, _, datagram) => [datagram];

    public bool BothConnected => Client.State == DtlsState.Connected && Server.State == DtlsState.Connected;

    /// <summary>Lets the handshake run until both ends are connected, nothing more can happen, or the time is over.</summary>
    public void Handshake(long milliseconds = 60_000)
    {
        Client.Start(Now);
        Run(milliseconds);
    }

    public void Run(long milliseconds)
    {
        var end = Now.AddMilliseconds(milliseconds);
        while (true)
        {
            Deliver();
            var next = MonotonicTime.Min(Client.Session.NextDeadline, Server.Session.NextDeadline);
            if (BothConnected || next > end)
            {
                return;
            }

            Now = next > Now ? next : Now;
            Client.OnTimeout(Now);
            Server.OnTimeout(Now);
        }
    }

    /// <summary>What one end sends without hearing from the other is one flight; they are numbered from 1.</summary>
    public void Deliver()
    {
        while (Client.Outbox.Count + Server.Outbox.Count > 0)
        {
            var fromClient = Client.Outbox.Count > 0;
            var (sender, receiver) = fromClient ? (Client, Server) : (Server, Client);
            _flight++;
            foreach (var arriving in sender.Take().SelectMany(datagram => Network(fromClient, _flight, datagram)).ToArray())
            {
                receiver.Receive(arriving, Now);
            }
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
