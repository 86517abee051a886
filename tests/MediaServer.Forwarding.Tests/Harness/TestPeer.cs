using System.Text;
using MediaServer.Forwarding.Commands;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Sdp;
using MediaServer.Protocol.Srtp;
using MediaServer.Protocol.Stun;

namespace MediaServer.Forwarding.Tests.Harness;

internal delegate void WriteRtcp(ref RtcpWriter writer);

/// <summary>A browser, as far as the router sees one: ICE checks, one DTLS datagram, SRTP both ways.</summary>
internal sealed class TestPeer
{
    private readonly RouterHarness _harness;
    private readonly int _number;
    private readonly SrtpSession _srtp = new(FakeDtlsFactory.PeerKeys);
    private byte _transaction;

    public TestPeer(RouterHarness harness, int number, PeerShape shape)
    {
        _harness = harness;
        _number = number;
        Shape = shape;
        Address = TransportAddress.FromIPv4(0x0A000000u + (uint)number, (ushort)(40000 + number));
        Negotiated = shape.Negotiate(number);
        Camera = new TestVideo(this, (uint)(number * 1000) + 2);
        Layers = [.. new[] { "q", "h", "f" }.Select((rid, i) => new TestVideo(this, (uint)((number * 1000) + 20 + i), rid, 180 << i))];
    }

    public PeerShape Shape { get; set; }

    public RouterHarness Harness => _harness;

    public TransportId Id => TransportId.On(_harness.Shard, _number);

    public TransportAddress Address { get; set; }

    public NegotiatedTransport Negotiated { get; set; }

    public TestVideo Camera { get; }

    public TestVideo[] Layers { get; }

    public List<Received> Rtp { get; } = [];

    public List<byte[]> Rtcp { get; } = [];

    public List<byte[]> Plain { get; } = [];

    public uint MicSsrc => (uint)(_number * 1000) + 1;

    public uint SlotSsrc(int index = 0) => (uint)((_number * 1000) + 200 + index);

    public uint SlotRtxSsrc(int index = 0) => (uint)((_number * 1000) + 300 + index);

    public void Connect()
    {
        Check();
        Send([.. FakeDtlsFactory.Connect]);
    }

    /// <summary>An ICE check with USE-CANDIDATE.</summary>
    public void Check(string? password = null)
    {
        var buffer = new byte[300];
        var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, _transaction++]);
        writer.Add(StunAttribute.Username, Encoding.UTF8.GetBytes($"{Shape.LocalIce(_number).UsernameFragment}:{Shape.RemoteIce(_number).UsernameFragment}"));
        writer.Add(StunAttribute.UseCandidate, default(ReadOnlySpan<byte>));
        writer.AddIntegrity(Encoding.UTF8.GetBytes(password ?? Shape.LocalIce(_number).Password));
        writer.AddFingerprint();
        Send(buffer[..writer.Length]);
    }

    /// <summary>The router takes the datagram, and has its turn with handshakes at once as a shard that is not busy.</summary>
    public void Send(byte[] datagram)
    {
        _harness.Router.OnDatagram(Address, datagram, _harness.Now);
        if (_harness.Router.NextDeadline < _harness.Now)
        {
            _harness.Router.OnTimeout(_harness.Now);
        }
    }

    public byte[] Protect(byte[] packet)
    {
        var buffer = new byte[packet.Length + SrtpSession.MaxRtpOverhead];
        packet.CopyTo(buffer, 0);
        return buffer[.._srtp.ProtectRtp(buffer, packet.Length)];
    }

    public void SendRtp(byte[] packet) => Send(Protect(packet));

    public void SendRtcp(WriteRtcp write)
    {
        var buffer = new byte[1500];
        var writer = new RtcpWriter(buffer);
        write(ref writer);
        Send(ProtectRtcp(buffer, writer.Length));
    }

    public byte[] ProtectRtcp(byte[] compound, int length = -1)
    {
        var buffer = new byte[compound.Length + SrtpSession.MaxRtcpOverhead];
        compound.CopyTo(buffer, 0);
        return buffer[.._srtp.ProtectRtcp(buffer, length < 0 ? compound.Length : length)];
    }

    /// <summary>One Opus packet; level in -dBov (0 loudest).</summary>
    public void SendAudio(ushort sequence, uint timestamp, int level = 30) => Send(BuildAudio(sequence, timestamp, level));

    public byte[] BuildAudio(ushort sequence, uint timestamp, int level, int extra = 0)
    {
        var buffer = new byte[200];
        var writer = new RtpWriter(buffer);
        writer.WriteHeader(PeerShape.OpusType, false, sequence, timestamp, MicSsrc);
        if (Shape.AudioLevel)
        {
            writer.AddExtension(Shape.Extensions.AudioLevel, [(byte)(0x80 | level)]);
        }

        writer.WritePayload([0x78, 1, 2, (byte)sequence, .. new byte[extra]]);
        return Protect(buffer[..writer.Length]);
    }

    /// <summary>Decrypts what has been sent to this peer since the last call.</summary>
    public List<Received> Receive()
    {
        Rtp.Clear();
        Rtcp.Clear();
        Plain.Clear();
        foreach (var datagram in _harness.Egress.Take(Address))
        {
            if (RtpHeader.IsRtcp(datagram))
            {
                Assert.True(_srtp.TryUnprotectRtcp(datagram, out var length, out var reason), reason.ToString());
                Rtcp.Add(datagram[..length]);
            }
            else if (RtpHeader.IsRtp(datagram))
            {
                Assert.True(_srtp.TryUnprotectRtp(datagram, out var length, out var reason), reason.ToString());
                Assert.True(RtpHeader.TryParse(datagram.AsSpan(0, length), out var header, out _));
                Rtp.Add(new Received(datagram[..length], header));
            }
            else
            {
                Plain.Add(datagram);
            }
        }

        return [.. Rtp];
    }

    /// <summary>Decrypts one RTP datagram; null when it is RTCP or plain.</summary>
    public Received? OpenRtp(byte[] datagram) =>
        RtpHeader.IsRtp(datagram) && _srtp.TryUnprotectRtp(datagram, out var length, out _) && RtpHeader.TryParse(datagram.AsSpan(0, length), out var header, out _)
            ? new Received(datagram[..length], header)
            : null;

    /// <summary>What arrived in video slot <paramref name="slot"/> since the last call.</summary>
    public List<Received> ReceiveVideo(int slot = 0) => [.. Receive().Where(p => p.Ssrc == SlotSsrc(slot))];

    /// <summary>The media SSRCs of the PLIs since the last call of <see cref="Receive"/>.</summary>
    public List<uint> TakePictureLoss()
    {
        Receive();
        var found = new List<uint>();
        foreach (var compound in Rtcp)
        {
            var reader = new RtcpReader(compound);
            while (reader.TryReadNext(out var packet, out _))
            {
                if (packet.Kind == RtcpKind.PictureLossIndication && PliView.TryParse(packet, out var pli))
                {
                    found.Add(pli.MediaSsrc);
                }
            }
        }

        return found;
    }

    /// <summary>The NACKed sequence numbers of <paramref name="ssrc"/> since the last call of <see cref="Receive"/>.</summary>
    public List<ushort> TakeNacks(uint ssrc)
    {
        Receive();
        var found = new List<ushort>();
        foreach (var compound in Rtcp)
        {
            var reader = new RtcpReader(compound);
            while (reader.TryReadNext(out var packet, out _))
            {
                if (packet.Kind == RtcpKind.Nack && NackView.TryParse(packet, out var nack) && nack.MediaSsrc == ssrc)
                {
                    foreach (var sequence in nack)
                    {
                        found.Add(sequence);
                    }
                }
            }
        }

        return found;
    }
}
