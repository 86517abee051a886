using System.Text;
using MediaServer.Forwarding.Relays;
using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Publications;

/// <summary>One RTP stream of a publication: the only one, or one simulcast layer (RFC 8853). Everything that is known per source SSRC.</summary>
internal sealed class PublicationLayer
{
    private const int MaxParameterSetPackets = 4;

    /// <summary>IP, UDP and SRTP, and what this side adds to a header, on top of an RTP packet.</summary>
    private const int WireOverhead = 28 + 16 + 8;

    private readonly MediaRouterOptions _options;
    private SequenceExtender _sequence;
    private MonotonicTime _awaitedUntil;

    public PublicationLayer(Publication publication, int index, string rid, MediaRouterOptions options)
    {
        _options = options;
        Publication = publication;
        Index = index;
        Rid = Encoding.ASCII.GetBytes(rid);
        Frame = new FrameBatch(this);
        Cache = new PacketCache(publication.IsVideo ? options.PacketCacheBytes : 0);
        KeyFrames = new KeyFrameRequester(options.KeyFrameRequestInterval);
    }

    public Publication Publication { get; }

    /// <summary>0 is the lowest layer.</summary>
    public int Index { get; }

    /// <summary>The RID as it appears in the header extension; empty without simulcast.</summary>
    public byte[] Rid { get; }

    /// <summary>0 until the first packet or the SDP told it.</summary>
    public uint Ssrc { get; set; }

    public uint RtxSsrc { get; set; }

    /// <summary>Grows when the publisher starts the layer anew under another SSRC; whoever forwards it starts at a key frame again.</summary>
    public int Generation { get; private set; }

    public ReceiveWindow Window { get; } = new();

    public ReceptionStatistics Statistics { get; } = new();

    public NackGenerator Nacks { get; } = new();

    /// <summary>What has arrived and goes out with the end of its frame.</summary>
    public FrameBatch Frame { get; }

    public PacketCache Cache { get; }

    public KeyFrameRequester KeyFrames { get; }

    public BitrateMeter Bitrate { get; } = new();

    public SenderReportClock Clock;

    /// <summary>Middle 32 bits of the last sender report's NTP time and when it came, for the report blocks (RFC 3550 section 6.4.1).</summary>
    public uint LastSenderReport { get; private set; }

    public MonotonicTime LastSenderReportAt { get; private set; }

    public bool HasPackets { get; private set; }

    public MonotonicTime LastPacketAt { get; private set; }

    public long HighestSequence { get; private set; }

    /// <summary>Height of the picture in pixels as the last key frame told, 0 unknown.</summary>
    public int Height { get; private set; }

    /// <summary>False when the publisher has switched the layer off, or not started it yet.</summary>
    public bool IsActive(MonotonicTime now) => HasPackets && now - LastPacketAt < _options.LayerTimeout * 1000L;

    /// <summary>The publisher was asked to stop sending this layer, for nobody wants it. It comes back when somebody does.</summary>
    public bool IsSwitchedOff { get; private set; }

    /// <summary>True for a layer that can be chosen: it arrives, or it was switched off for want of viewers, or it was just switched on again.</summary>
    public bool IsAvailable(MonotonicTime now) => IsActive(now) || IsSwitchedOff || now < _awaitedUntil;

    public void SwitchOff() => IsSwitchedOff = true;

    public void Wake(MonotonicTime awaitedUntil)
    {
        IsSwitchedOff = false;
        _awaitedUntil = awaitedUntil;
    }

    /// <summary>Extends the sequence number and registers the arrival. False: duplicate or too old.</summary>
    public bool TryAccept(in RtpHeader header, int bytes, bool repaired, int clockRate, MonotonicTime now, out long sequence, out DropReason reason)
    {
        // A retransmission is of what was sent already: its number must not carry the stream away.
        if (repaired && _sequence.Peek(header.SequenceNumber) - _sequence.Highest > NackGenerator.MaxMissing)
        {
            sequence = 0;
            reason = DropReason.RtpTooOld;
            return false;
        }

        sequence = _sequence.Extend(header.SequenceNumber);
        HighestSequence = _sequence.Highest;
        if (!Window.TryAdd(sequence, out reason))
        {
            return false;
        }

        HasPackets = true;
        LastPacketAt = now;
        Bitrate.Add(bytes + WireOverhead, now);
        if (!repaired)
        {
            Statistics.OnPacket(sequence, header.Timestamp, clockRate, now);
        }

        return true;
    }

    /// <summary>A packet that the publisher's shard has accepted and extended.</summary>
    public void OnRelayed(long sequence, MonotonicTime now)
    {
        HighestSequence = HasPackets ? Math.Max(HighestSequence, sequence) : sequence;
        Window.TryAdd(sequence, out _);
        HasPackets = true;
        LastPacketAt = now;
    }

    /// <summary>What the publisher's shard knows of the layer, whether its packets are relayed or not.</summary>
    public void OnRelayed(in RelayedLayerState state, MonotonicTime now)
    {
        HasPackets = state.HasPackets;
        LastPacketAt = now.AddMicroseconds(-state.PacketAge);
        Height = state.Height;
        Bitrate.Set(state.BitsPerSecond);
        if (state.HasReport)
        {
            Clock.Set(state.ReportNtp, state.ReportTimestamp);
        }
    }

    public void OnKeyFrame(in MediaPacket packet)
    {
        KeyFrames.OnKeyFrame();
        // H.264 marks parameter sets and the picture behind them: do not give up the former when only the latter came.
        Nacks.ForgetBefore(packet.Sequence - (packet.Codec.Codec == MediaCodec.H264 ? MaxParameterSetPackets : 0));
        var known = packet.Codec.Codec == MediaCodec.Vp8
            ? Vp8PayloadDescriptor.TryReadKeyFrameSize(packet.Payload, out _, out var height)
            : H264Payload.TryReadSpsSize(packet.Payload, out _, out height);
        if (known && height > 0)
        {
            Height = height;
        }
    }

    public void OnSenderReport(ulong ntp, uint timestamp, MonotonicTime now)
    {
        Clock.Set(ntp, timestamp);
        LastSenderReport = (uint)(ntp >> 16);
        LastSenderReportAt = now;
    }

    /// <summary>The publisher said goodbye to this stream, or paused it.</summary>
    public void OnBye() => LastPacketAt = new MonotonicTime(long.MinValue / 2);

    /// <summary>The layer goes on under another SSRC: nothing that is known of the old stream holds.</summary>
    public void Restart(uint ssrc)
    {
        Ssrc = ssrc;
        Generation++;
        _sequence = default;
        HighestSequence = 0;
        Window.Clear();
        Statistics.Clear();
        Nacks.Clear();
        Cache.Clear();
        Frame.Clear();
        Bitrate.Clear();
        Clock = default;
        LastSenderReport = 0;
        HasPackets = false;
    }
}
