using System.Buffers.Binary;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;
using MediaServer.Protocol.Srtp;
using MediaServer.Protocol.Stun;

namespace MediaServer.LoadTest.Engine;

/// <summary>
/// One participant's transport: ICE as the controlling end, DTLS client, SRTP. It counts what it receives by the plain RTP headers and decrypts one
/// packet in <see cref="SampleInterval"/>; a tracked peer decrypts and verifies all. Engine's thread only, but for the tasks.
/// </summary>
internal sealed partial class VirtualPeer : IIceOutput, IDtlsOutput, IDisposable
{
    public const int SampleInterval = 64;

    private readonly MediaEngine _engine;
    private readonly IceClientAgent _ice;
    private readonly IceResponder? _responder;
    private readonly IDtlsSession _dtls;
    private readonly ReceivedStream[] _streams;
    private readonly Dictionary<uint, StreamVerifier>? _verifiers;
    private readonly TaskCompletionSource<MonotonicTime> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<MonotonicTime> _receiving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SrtpSession? _srtp;
    private MonotonicTime _startedAt;
    private int _kindsWanted;
    private int _kindsSeen;
    private int _untilSample;
    private bool _closed;

    /// <param name="engine">Whose thread runs this peer.</param>
    /// <param name="index">From <see cref="MediaEngine.NextIndex"/>.</param>
    /// <param name="description">What was negotiated.</param>
    /// <param name="dtls">Shared by all peers.</param>
    /// <param name="tracked">Decrypt and verify everything.</param>
    public VirtualPeer(MediaEngine engine, int index, PeerDescription description, IDtlsSessionFactory dtls, bool tracked)
    {
        _engine = engine;
        Index = index;
        _ice = new IceClientAgent(description.LocalIce, description.RemoteIce, description.Candidates);
        RemoteUfrag = description.RemoteIce.UsernameFragment;
        _responder = description.RemoteIsLite ? null : new IceResponder(description.LocalIce, description.RemoteIce);
        _dtls = dtls.Create(DtlsRole.Client, description.RemoteFingerprint);
        _streams = [.. description.Streams.Select(s => new ReceivedStream(s.Key, s.Value))];
        _verifiers = tracked ? description.Streams.ToDictionary(s => s.Key, s => new StreamVerifier(s.Value)) : null;
        _untilSample = index % SampleInterval;
        _transportSequenceId = description.TransportSequenceId;
        _feedbackMilliseconds = description.FeedbackMilliseconds;
    }

    public int Index { get; }

    /// <summary>Where the engine's queue of deadlines has this peer.</summary>
    public long ScheduledAt { get; set; } = long.MaxValue;

    /// <summary>When media could flow. Fails when ICE or DTLS fails.</summary>
    public Task<MonotonicTime> Connected => _connected.Task;

    /// <summary>When the first packet of each expected kind had come.</summary>
    public Task<MonotonicTime> Receiving => _receiving.Task;

    /// <summary>False: its transit times do not count.</summary>
    public bool IsTimed { get; init; } = true;

    /// <summary>The next packet that this peer sends, as it goes over the wire. Completed on the engine's thread.</summary>
    public TaskCompletionSource<byte[]>? Capture { get; set; }

    public string RemoteUfrag { get; }

    /// <summary>Where the server receives; default until connected.</summary>
    public TransportAddress ServerAddress => _ice.SelectedAddress;

    public SrtpProfile? Profile { get; private set; }

    /// <summary>The server has closed the transport, or consent ran out.</summary>
    public bool IsLost { get; private set; }

    public IReadOnlyList<ReceivedStream> Streams => _streams;

    public IEnumerable<StreamVerifier> Verifiers => _verifiers?.Values ?? Enumerable.Empty<StreamVerifier>();

    public MonotonicTime NextDeadline => MonotonicTime.Min(MonotonicTime.Min(_ice.NextDeadline, _dtls.NextDeadline), NextReportDeadline);

    /// <summary>Says what <see cref="Receiving"/> waits for. Before the peer starts.</summary>
    public void Expect(bool audio, bool video) => _kindsWanted = (audio ? 1 << (int)MediaKind.Audio : 0) | (video ? 1 << (int)MediaKind.Video : 0);

    public void Start(MonotonicTime now)
    {
        _startedAt = now;
        _ice.Start(now, this);
    }

    public void OnTimeout(MonotonicTime now)
    {
        if (_closed)
        {
            return;
        }

        _ice.OnTimeout(now, this);
        if (now >= _dtls.NextDeadline)
        {
            _dtls.OnTimeout(now, this);
            OnDtlsProgress(now);
        }

        if (_ice.HasFailed(now))
        {
            Fail("the server's media port does not answer");
        }

        SendReports(now);
    }

    public void OnDatagram(in TransportAddress from, Span<byte> datagram, long arrivedAt, MonotonicTime now)
    {
        // RFC 7983 section 7.
        switch (datagram[0])
        {
            case >= 128 and <= 191 when datagram.Length >= RtpHeader.FixedLength:
                if (RtpHeader.IsRtcp(datagram))
                {
                    OnRtcp(datagram, now);
                }
                else
                {
                    OnRtp(datagram, arrivedAt, now);
                }

                break;
            case < 4:
                OnStun(from, datagram, now);
                break;
            case >= 20 and <= 63:
                _dtls.Receive(datagram, now, this);
                OnDtlsProgress(now);
                _engine.Schedule(this);
                break;
        }
    }

    /// <summary>Encrypts the plain packet in the first <paramref name="length"/> bytes of <paramref name="packet"/> and queues it; false while not connected.</summary>
    public bool SendRtp(ReadOnlySpan<byte> packet)
    {
        if (_srtp is null || _closed)
        {
            return false;
        }

        var buffer = _engine.Reserve();
        packet.CopyTo(buffer);
        var length = _srtp.ProtectRtp(buffer, packet.Length);
        _engine.Commit(Index, _ice.SelectedAddress, length);
        if (Capture is { } capture)
        {
            Capture = null;
            capture.SetResult(buffer[..length].ToArray());
        }

        return true;
    }

    public void SendStun(in TransportAddress to, ReadOnlySpan<byte> message) => Send(to, message);

    public void SendDtls(ReadOnlySpan<byte> datagram) => Send(_ice.SelectedAddress, datagram);

    public void Close(MonotonicTime now)
    {
        if (!_closed)
        {
            _dtls.Close(now, this);
            _closed = true;
            Fail("closed");
        }
    }

    public void Dispose()
    {
        _closed = true;
        _srtp?.Dispose();
        _srtp = null;
        _dtls.Dispose();
    }

    private void Send(in TransportAddress to, ReadOnlySpan<byte> datagram)
    {
        if (!to.IsDefault && !_closed)
        {
            datagram.CopyTo(_engine.Reserve());
            _engine.Commit(Index, to, datagram.Length);
        }
    }

    private void OnStun(in TransportAddress from, ReadOnlySpan<byte> datagram, MonotonicTime now)
    {
        _engine.Counters.StunReceived++;
        if (_responder is not null)
        {
            var response = _engine.Reserve();
            if (_responder.TryAnswer(from, datagram, response, out var length))
            {
                _engine.Commit(Index, from, length);
                return;
            }
        }

        var was = _ice.IsConnected;
        if (_ice.TryReceive(from, datagram, now, this, out _) && !was && _ice.IsConnected)
        {
            _dtls.Start(now, this);
        }

        _engine.Schedule(this);
    }

    private void OnDtlsProgress(MonotonicTime now)
    {
        if (_srtp is null && _dtls.KeyingMaterial is { } keys)
        {
            Profile = keys.Profile;
            _srtp = new SrtpSession(keys);
            StartReports(now);
            _connected.TrySetResult(now);
        }
        else if (_dtls.State is DtlsState.Failed or DtlsState.Closed)
        {
            Fail($"DTLS is {_dtls.State} after {(now - _startedAt) / 1000} ms");
        }
    }

    private void Fail(string reason)
    {
        IsLost = true;
        var exception = new IOException($"Participant {Index}: {reason}.");
        if (_connected.TrySetException(exception))
        {
            _ = _connected.Task.Exception;
        }

        if (_receiving.TrySetException(exception))
        {
            _ = _receiving.Task.Exception;
        }
    }

    private void OnRtp(Span<byte> packet, long arrivedAt, MonotonicTime now)
    {
        var stream = Find(BinaryPrimitives.ReadUInt32BigEndian(packet[8..]));
        if (_transportSequenceId != 0)
        {
            NoteArrival(packet, arrivedAt);
        }

        if (stream is null)
        {
            _engine.Counters.OtherRtpReceived++;
            return;
        }

        stream.OnPacket(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        _engine.Counters.MediaPacketsReceived++;
        _engine.Counters.MediaBytesReceived += packet.Length;
        if (_kindsSeen != _kindsWanted)
        {
            _kindsSeen |= (1 << (int)stream.Kind) & _kindsWanted;
            if (_kindsSeen == _kindsWanted)
            {
                _receiving.TrySetResult(now);
            }
        }

        if (_verifiers is not null || _untilSample-- == 0)
        {
            _untilSample = SampleInterval - 1;
            Sample(packet, stream, arrivedAt);
        }
    }

    private ReceivedStream? Find(uint ssrc)
    {
        foreach (var stream in _streams)
        {
            if (stream.Ssrc == ssrc)
            {
                return stream;
            }
        }

        return null;
    }

    private void Sample(Span<byte> packet, ReceivedStream stream, long arrivedAt)
    {
        _engine.Counters.Decrypted++;
        if (_srtp is null || !_srtp.TryUnprotectRtp(packet, out var length, out _) || !RtpHeader.TryParse(packet[..length], out var header, out _))
        {
            _engine.Counters.DecryptFailures++;
            return;
        }

        var payload = packet.Slice(header.HeaderLength, header.PayloadLength);
        if (!MediaStamp.TryRead(payload, stream.Kind == MediaKind.Video ? MediaStamp.VideoOffset : MediaStamp.AudioOffset, out var stamp))
        {
            return;
        }

        if (IsTimed)
        {
            _engine.Transit.Record(arrivedAt - stamp.SentAt);
        }

        _verifiers?[stream.Ssrc].OnPacket(header, stamp);
    }
}
