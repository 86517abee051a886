using System.Collections.Concurrent;
using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Client;

/// <summary>What a headless participant sends and receives over one <see cref="MediaConnection"/>.</summary>
internal sealed class MediaSession : IAsyncDisposable
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private const int VideoClockRate = 90000;
    private const int AudioClockRate = 48000;
    private readonly Lock _lock = new();
    private readonly MediaConnection _connection;
    private readonly IReadOnlyDictionary<uint, string> _slotBySsrc;
    private readonly RtpSender _audio;
    private readonly RtpSender _video;
    private readonly ConcurrentDictionary<string, SlotStatistics> _statistics = new();
    private readonly Timer _reports;
    private readonly ArrivalReports _arrivals;
    private int _pictureId;
    private byte _tl0PicIdx;

    public MediaSession(IceCredentials ice, ServerAnswer answer, bool tcp, IDtlsSessionFactory dtls, OfferedPublication microphone, OfferedPublication camera)
    {
        _connection = new MediaConnection(ice, answer, tcp, dtls);
        _slotBySsrc = answer.SlotBySsrc;
        _arrivals = new ArrivalReports(_connection);
        _audio = new RtpSender(microphone, OfferBuilder.OpusPayloadType, 0);
        _video = new RtpSender(camera, OfferBuilder.Vp8PayloadType, OfferBuilder.Vp8RtxPayloadType);
        _connection.RtpReceived += OnRtp;
        _connection.RtcpReceived += OnRtcp;
        _reports = new Timer(_ => SendReports(), null, ReportInterval, ReportInterval);
    }

    public event Action? KeyFrameRequested;

    public Task Connected => _connection.Connected;

    public void HoldReceiving(bool held) => _connection.HoldReceiving(held);

    public void Start() => _connection.Start();

    public void SendVideoFrame(ReadOnlySpan<byte> frame, uint timestamp)
    {
        Span<byte> payload = stackalloc byte[RtpSender.MaxPacketLength];
        lock (_lock)
        {
            var packetizer = new Vp8Packetizer(frame, RtpSender.MaxPacketLength - 64, _pictureId++, _tl0PicIdx++);
            while (packetizer.TryWriteNext(payload, out var length, out var last))
            {
                _connection.SendRtp(_video.Packetise(payload[..length], timestamp, last, null));
            }
        }
    }

    public void SendOpus(ReadOnlySpan<byte> packet, uint timestamp, byte levelDbov)
    {
        const byte voiceFlag = 0x80;
        lock (_lock)
        {
            _connection.SendRtp(_audio.Packetise(packet, timestamp, false, (byte)(voiceFlag | (levelDbov & 0x7F))));
        }
    }

    public IReadOnlyList<SlotStatistics> Statistics() => [.. _statistics.Values];

    public async ValueTask DisposeAsync()
    {
        await _reports.DisposeAsync();
        await _arrivals.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private void OnRtp(byte[] packet, RtpHeader header)
    {
        _arrivals.OnRtp(packet, header);
        if (!_slotBySsrc.TryGetValue(header.Ssrc, out var mid))
        {
            return;
        }

        var contributor = header.CsrcCount > 0 ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(RtpHeader.FixedLength)) : 0;
        var before = _statistics.GetValueOrDefault(mid) ?? new SlotStatistics(mid, 0, 0, 0, 0);
        _statistics[mid] = new SlotStatistics(mid, before.Packets + 1, before.Frames + (header.Marker ? 1 : 0), before.Bytes + header.PayloadLength, contributor);
    }

    private void OnRtcp(byte[] compound)
    {
        var reader = new RtcpReader(compound);
        while (reader.TryReadNext(out var packet, out _))
        {
            switch (packet.Kind)
            {
                case RtcpKind.Nack when NackView.TryParse(packet, out var nack) && nack.MediaSsrc == _video.Ssrc:
                    foreach (var lost in nack)
                    {
                        // Without the sender's lock: a torn read of the cache yields at worst a packet that is not sent.
                        if (_video.Retransmit(lost) is { } again)
                        {
                            _connection.SendRtp(again);
                        }
                    }

                    break;
                case RtcpKind.PictureLossIndication or RtcpKind.FullIntraRequest:
                    KeyFrameRequested?.Invoke();
                    break;
            }
        }
    }

    private void SendReports()
    {
        Span<byte> buffer = stackalloc byte[256];
        lock (_lock)
        {
            SendReport(_audio, AudioClockRate, buffer);
            SendReport(_video, VideoClockRate, buffer);
        }
    }

    /// <summary>RFC 3550 section 6.4.1: the RTP timestamp belongs to the same instant as the NTP one.</summary>
    private void SendReport(RtpSender sender, int clockRate, Span<byte> buffer)
    {
        if (sender.PacketCount == 0)
        {
            return;
        }

        var ntp = NtpTime.FromUnixMicroseconds((DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        var timestamp = unchecked(sender.LastTimestamp + (uint)((Environment.TickCount64 - sender.LastSentAt) * clockRate / 1000));
        var writer = new RtcpWriter(buffer);
        writer.AddSenderReport(sender.Ssrc, ntp, timestamp, sender.PacketCount, sender.OctetCount);
        writer.AddSourceDescription(sender.Ssrc, "headless"u8);
        _connection.SendRtcp(buffer[..writer.Length]);
    }
}
