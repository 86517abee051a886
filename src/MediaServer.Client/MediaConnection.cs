using System.Diagnostics;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;
using MediaServer.Protocol.Srtp;
using MediaServer.Protocol.Stun;

namespace MediaServer.Client;

/// <summary>
/// One way to the server, by UDP or TCP: ICE, DTLS as client, SRTP. Two loops, receiving and timers, take turns under a lock; this is a client, not
/// the hot path.
/// </summary>
internal sealed class MediaConnection : IIceOutput, IDtlsOutput, IAsyncDisposable
{
    private static readonly TimeSpan TimerInterval = TimeSpan.FromMilliseconds(10);
    private readonly Lock _lock = new();
    private readonly IMediaSocket _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IceClientAgent _ice;
    private readonly IDtlsSession _dtls;
    private readonly byte[] _sendBuffer = new byte[2048];
    private SrtpSession? _srtp;
    private Task _loops = Task.CompletedTask;

    public MediaConnection(IceCredentials local, ServerAnswer answer, bool tcp, IDtlsSessionFactory dtls)
    {
        var overTcp = tcp || answer.Candidates.Count == 0;
        _socket = overTcp ? new TcpMediaSocket(answer.TcpCandidates) : new UdpMediaSocket();
        _ice = new IceClientAgent(local, answer.Ice, overTcp ? answer.TcpCandidates : answer.Candidates);
        _dtls = dtls.Create(DtlsRole.Client, answer.Fingerprint);
    }

    /// <summary>A decrypted RTP packet. Called under the connection's lock.</summary>
    public event Action<byte[], RtpHeader>? RtpReceived;

    /// <summary>A decrypted RTCP compound. Called under the connection's lock.</summary>
    public event Action<byte[]>? RtcpReceived;

    /// <summary>Completes when media can flow; fails after 30 s without an answer or when the handshake fails.</summary>
    public Task Connected => _connected.Task;

    private static MonotonicTime Now => new((long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency)));

    public void Start()
    {
        lock (_lock)
        {
            _ice.Start(Now, this);
        }

        _loops = Task.WhenAll(Task.Run(() => _socket.Receive(OnReceived, _stop.Token)), Task.Run(RunTimers));
    }

    public void HoldReceiving(bool held)
    {
        if (_socket is TcpMediaSocket tcp)
        {
            tcp.IsHeld = held;
        }
    }

    /// <summary>False while not connected.</summary>
    public bool SendRtp(ReadOnlySpan<byte> packet)
    {
        lock (_lock)
        {
            if (_srtp is null)
            {
                return false;
            }

            packet.CopyTo(_sendBuffer);
            var length = _srtp.ProtectRtp(_sendBuffer, packet.Length);
            Send(_ice.SelectedAddress, _sendBuffer.AsSpan(0, length));
            return true;
        }
    }

    public bool SendRtcp(ReadOnlySpan<byte> compound)
    {
        lock (_lock)
        {
            if (_srtp is null)
            {
                return false;
            }

            compound.CopyTo(_sendBuffer);
            var length = _srtp.ProtectRtcp(_sendBuffer, compound.Length);
            Send(_ice.SelectedAddress, _sendBuffer.AsSpan(0, length));
            return true;
        }
    }

    public void SendStun(in TransportAddress to, ReadOnlySpan<byte> message) => Send(to, message);

    public void SendDtls(ReadOnlySpan<byte> datagram) => Send(_ice.SelectedAddress, datagram);

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _dtls.Close(Now, this);
        }

        await _stop.CancelAsync();
        _socket.Dispose();
        await _loops;
        lock (_lock)
        {
            _srtp?.Dispose();

            // Somebody may be sending meanwhile: what has no connection is dropped.
            _srtp = null;
            _dtls.Dispose();
        }

        _connected.TrySetCanceled();
        _stop.Dispose();
    }

    private void Send(in TransportAddress to, ReadOnlySpan<byte> datagram)
    {
        if (to.IsDefault)
        {
            return;
        }

        _socket.Send(to, datagram);
    }

    private void OnReceived(in TransportAddress from, Span<byte> datagram)
    {
        lock (_lock)
        {
            OnDatagram(from, datagram);
        }
    }

    private void OnDatagram(in TransportAddress from, Span<byte> datagram)
    {
        var now = Now;
        if (StunMessage.IsStun(datagram))
        {
            var wasConnected = _ice.IsConnected;
            _ice.TryReceive(from, datagram, now, this, out _);
            if (!wasConnected && _ice.IsConnected)
            {
                _dtls.Start(now, this);
            }
        }
        else if (DtlsGate.IsDtls(datagram))
        {
            _dtls.Receive(datagram, now, this);
            OnDtlsProgress();
        }
        else if (_srtp is { } srtp && RtpHeader.IsRtcp(datagram))
        {
            if (srtp.TryUnprotectRtcp(datagram, out var length, out _))
            {
                RtcpReceived?.Invoke(datagram[..length].ToArray());
            }
        }
        else if (_srtp is { } session && session.TryUnprotectRtp(datagram, out var length, out _) && RtpHeader.TryParse(datagram[..length], out var header, out _))
        {
            RtpReceived?.Invoke(datagram[..length].ToArray(), header);
        }
    }

    private void OnDtlsProgress()
    {
        if (_srtp is null && _dtls.KeyingMaterial is { } keys)
        {
            _srtp = new SrtpSession(keys);
            _connected.TrySetResult();
        }
        else if (_dtls.State is DtlsState.Failed or DtlsState.Closed)
        {
            _connected.TrySetException(new IOException("The DTLS handshake with the server failed."));
        }
    }

    private async Task RunTimers()
    {
        using var timer = new PeriodicTimer(TimerInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                lock (_lock)
                {
                    var now = Now;
                    _ice.OnTimeout(now, this);
                    if (now >= _dtls.NextDeadline)
                    {
                        _dtls.OnTimeout(now, this);
                        OnDtlsProgress();
                    }

                    if (_ice.HasFailed(now))
                    {
                        _connected.TrySetException(new IOException("The server's media port does not answer: are its ports blocked?"));
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the call.
        }
    }
}
