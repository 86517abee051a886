using CsCheck;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Srtp;

namespace MediaServer.Protocol.Tests.Srtp;

public class SrtpSendStreamTests
{
    public static TheoryData<SrtpProfile> Profiles => [SrtpProfile.AesCm128HmacSha1Tag80, SrtpProfile.AeadAes128Gcm];

    /// <summary>However the payload is put together, the packet on the wire is the same, and it is the one of the RFC.</summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public void APayloadFromElsewhereGivesTheSamePacket(SrtpProfile profile) =>
        Gen.Select(Gen.UShort, Gen.Int[0, 20], Gen.Int[0, 16], Gen.Byte.Array[0, 1300]).Sample((sequence, prefix, suffix, payload) =>
        {
            prefix = Math.Min(prefix, payload.Length);
            suffix = Math.Min(suffix, payload.Length - prefix);
            using var pair = new SrtpPair(profile);
            var plain = new byte[1500];
            var writer = new RtpWriter(plain);
            writer.WriteHeader(96, true, sequence, 90_000, SrtpPair.Ssrc);
            writer.AddExtension(4, "v0"u8);
            writer.WritePayload(payload);
            var (length, headerLength) = (writer.Length, writer.Length - payload.Length);
            var buffer = plain.ToArray();
            buffer.AsSpan(headerLength + prefix, payload.Length - prefix - suffix).Fill(0xEE);

            var stream = pair.Sender.SendStream(SrtpPair.Ssrc);
            var wireLength = stream.Protect(buffer, length, headerLength, prefix, payload.AsSpan(prefix..(payload.Length - suffix)));

            Assert.Equal(SrtpReference.ProtectRtp(pair.Keys, plain[..length], headerLength, rollover: 0), buffer[..wireLength]);
            Assert.Equal(plain[..length], pair.Receive(buffer.AsSpan(0, wireLength), rtcp: false, out _));
        });

    [Theory]
    [MemberData(nameof(Profiles))]
    public void AllWaysToSendShareOneRolloverCounter(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var stream = pair.Sender.SendStream(SrtpPair.Ssrc);
        Assert.Same(stream, pair.Sender.SendStream(SrtpPair.Ssrc));
        Assert.NotSame(stream, pair.Sender.SendStream(1));
        for (var i = 65_530; i < 65_550; i++)
        {
            var plain = SrtpPair.Rtp((ushort)i);
            byte[] buffer = [.. plain, .. new byte[SrtpSession.MaxRtpOverhead]];
            var length = (i % 3) switch
            {
                0 => pair.Sender.ProtectRtp(buffer, plain.Length),
                1 => stream.Protect(buffer, plain.Length, RtpHeader.FixedLength),
                _ => stream.Protect(buffer, plain.Length, RtpHeader.FixedLength, 0, plain.AsSpan(RtpHeader.FixedLength)),
            };
            Assert.Equal(SrtpReference.ProtectRtp(pair.Keys, plain, RtpHeader.FixedLength, (uint)(i >> 16)), buffer[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void AStreamOfADisposedSessionSendsNothing(SrtpProfile profile)
    {
        var pair = new SrtpPair(profile);
        var stream = pair.Sender.SendStream(SrtpPair.Ssrc);
        pair.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Protect(new byte[100], 60, RtpHeader.FixedLength));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void NothingIsAllocatedPerPacket(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var stream = pair.Sender.SendStream(SrtpPair.Ssrc);
        byte[] packet = [.. SrtpPair.Rtp(0, payload: 1200), .. new byte[SrtpSession.MaxRtpOverhead]];
        var payload = new byte[1195];
        ushort sequence = 0;
        Run(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(500);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int rounds)
        {
            for (var i = 0; i < rounds; i++, sequence++)
            {
                packet[2] = (byte)(sequence >> 8);
                packet[3] = (byte)sequence;
                var length = stream.Protect(packet, 12 + 1200, 12, 5, payload);
                Assert.True(pair.Receiver.TryUnprotectRtp(packet.AsSpan(0, length), out _, out _));
                packet[0] = 0x80;
            }
        }
    }
}
