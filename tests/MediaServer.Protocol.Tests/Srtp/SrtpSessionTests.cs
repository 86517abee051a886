using CsCheck;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtp;
using MediaServer.Protocol.Srtp;
using MediaServer.Protocol.Tests.Harness;

namespace MediaServer.Protocol.Tests.Srtp;

public class SrtpSessionTests
{
    public static TheoryData<SrtpProfile> Profiles => [SrtpProfile.AesCm128HmacSha1Tag80, SrtpProfile.AeadAes128Gcm];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void WhatIsSentArrives(SrtpProfile profile) =>
        Gen.Select(Gen.UInt, Gen.UShort, Gen.Int[0, 15], Gen.Byte.Array[0, 16], Gen.Byte.Array[0, 1300]).Sample((ssrc, sequence, csrcs, extension, payload) =>
        {
            using var pair = new SrtpPair(profile);
            var buffer = new byte[1500];
            var writer = new RtpWriter(buffer);
            writer.WriteHeader(111, true, sequence, 1, ssrc);
            for (var i = 0; i < csrcs; i++)
            {
                writer.AddCsrc((uint)i);
            }

            if (extension.Length > 0)
            {
                writer.AddExtension(3, extension);
            }

            writer.WritePayload(payload);
            var plain = buffer[..writer.Length];
            var wire = pair.ProtectRtp(plain);
            var headerLength = plain.Length - payload.Length;
            Assert.Equal(plain[..headerLength], wire[..headerLength]);
            Assert.Equal(plain.Length + (profile == SrtpProfile.AeadAes128Gcm ? 16 : 10), wire.Length);
            Assert.Equal(SrtpReference.ProtectRtp(pair.Keys, plain, headerLength, rollover: 0), wire);
            Assert.Equal(plain, pair.Receive(wire, rtcp: false, out _));
            Assert.Equal(DropReason.SrtpReplay, pair.Receive(wire));
        });

    [Theory]
    [MemberData(nameof(Profiles))]
    public void RtcpIsAsTheReferenceMakesIt(SrtpProfile profile) => Gen.UInt.Select(Gen.Byte.Array[0, 300]).Sample((ssrc, rest) =>
    {
        using var pair = new SrtpPair(profile);
        byte[] plain = [.. SrtpPair.Rtcp(ssrc), .. rest];
        for (uint index = 1; index <= 3; index++)
        {
            var wire = pair.ProtectRtcp(plain);
            Assert.Equal(SrtpReference.ProtectRtcp(pair.Keys, plain, index), wire);
            Assert.Equal(plain, pair.Receive(wire, rtcp: true, out _));
        }
    });

    /// <summary>No bit can be turned, and a forgery leaves no trace: the honest packet is taken afterwards.</summary>
    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, false)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, true)]
    [InlineData(SrtpProfile.AeadAes128Gcm, false)]
    [InlineData(SrtpProfile.AeadAes128Gcm, true)]
    public void EveryTurnedBitIsNoticed(SrtpProfile profile, bool rtcp)
    {
        using var pair = new SrtpPair(profile);
        var first = rtcp ? pair.ProtectRtcp(SrtpPair.Rtcp()) : pair.ProtectRtp(SrtpPair.Rtp(999));
        var plain = rtcp ? SrtpPair.Rtcp() : SrtpPair.Rtp(1000);
        var wire = rtcp ? pair.ProtectRtcp(plain) : pair.ProtectRtp(plain);
        Assert.Equal(DropReason.None, pair.Receive(first, rtcp));
        for (var bit = 0; bit < wire.Length * 8; bit++)
        {
            Assert.True(pair.Receive(Bytes.FlipBit(wire, bit), rtcp, out _) is null, $"bit {bit}");
        }

        Assert.Equal(plain, pair.Receive(wire, rtcp, out _));
    }

    [Theory]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, false)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, true)]
    [InlineData(SrtpProfile.AeadAes128Gcm, false)]
    [InlineData(SrtpProfile.AeadAes128Gcm, true)]
    public void EveryPrefixIsRefused(SrtpProfile profile, bool rtcp)
    {
        using var pair = new SrtpPair(profile);
        var wire = rtcp ? pair.ProtectRtcp(SrtpPair.Rtcp()) : pair.ProtectRtp(SrtpPair.Rtp(1));
        for (var length = 0; length < wire.Length; length++)
        {
            Assert.Null(pair.Receive(wire.AsSpan(0, length), rtcp, out _));
        }

        Assert.Equal(DropReason.TooShort, pair.Receive(wire.AsSpan(0, 17), rtcp));
        Assert.Equal(DropReason.None, pair.Receive(wire, rtcp));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void EachDirectionHasItsOwnKeys(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var wire = pair.ProtectRtp(SrtpPair.Rtp(1));
        Assert.False(pair.Sender.TryUnprotectRtp(wire, out _, out var reason));
        Assert.Equal(DropReason.SrtpAuthentication, reason);
    }

    /// <summary>RFC 3711 section 3.3.2: each SSRC has a window of its own; RTP and RTCP do not share it.</summary>
    [Theory]
    [MemberData(nameof(Profiles))]
    public void WindowsDoNotMix(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        Assert.Equal(DropReason.None, pair.Receive(pair.ProtectRtp(SrtpPair.Rtp(40_000, ssrc: 1))));
        Assert.Equal(DropReason.None, pair.Receive(pair.ProtectRtp(SrtpPair.Rtp(3, ssrc: 2))));
        Assert.Equal(DropReason.None, pair.Receive(pair.ProtectRtcp(SrtpPair.Rtcp(1)), rtcp: true));
        Assert.Equal(DropReason.None, pair.Receive(pair.ProtectRtp(SrtpPair.Rtp(40_001, ssrc: 1))));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void RtcpMayComeOutOfOrderButNotTwice(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var packets = Enumerable.Range(0, 1100).Select(_ => pair.ProtectRtcp(SrtpPair.Rtcp())).ToArray();
        Assert.Equal(DropReason.None, pair.Receive(packets[10], rtcp: true));
        Assert.Equal(DropReason.None, pair.Receive(packets[3], rtcp: true));
        Assert.Equal(DropReason.SrtpReplay, pair.Receive(packets[10], rtcp: true));
        Assert.Equal(DropReason.SrtpReplay, pair.Receive(packets[3], rtcp: true));
        Assert.Equal(DropReason.None, pair.Receive(packets[1099], rtcp: true));
        Assert.Equal(DropReason.SrtpReplay, pair.Receive(packets[0], rtcp: true));
        Assert.Equal(DropReason.None, pair.Receive(packets[1000], rtcp: true));
    }

    /// <summary>RFC 3711 section 3.4: the E flag says whether RTCP is encrypted; an authenticated packet without it is read as it is.</summary>
    [Fact]
    public void RtcpWithoutEncryptionIsReadWhenItsTagIsRight()
    {
        using var pair = new SrtpPair(SrtpProfile.AesCm128HmacSha1Tag80);
        var plain = SrtpPair.Rtcp();
        Assert.Equal(plain, pair.Receive(SrtpReference.ProtectRtcp(pair.Keys, plain, 77, encrypt: false), rtcp: true, out _));
        Assert.Equal(DropReason.SrtpAuthentication, pair.Receive([.. plain, .. Bytes.Hex("0000004e 00000000000000000000")], rtcp: true));
    }

    [Fact]
    public void AnAuthenticatedPeerCannotFillTheMemoryWithSources()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        var accepted = Enumerable.Range(1, 1100).Count(ssrc => pair.Receive(pair.ProtectRtp(SrtpPair.Rtp(1, (uint)ssrc))) == DropReason.None);
        Assert.Equal(1024, accepted);
        Assert.Equal(DropReason.RtpUnknownSsrc, pair.Receive(pair.ProtectRtcp(SrtpPair.Rtcp(5000)), rtcp: true));
        Assert.Equal(DropReason.None, pair.Receive(pair.ProtectRtp(SrtpPair.Rtp(2, ssrc: 7))));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void HostilePacketsNeverThrow(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        byte[][] valid = [pair.ProtectRtp(SrtpPair.Rtp(1)), pair.ProtectRtp(SrtpPair.Rtp(2, payload: 0)), pair.ProtectRtcp(SrtpPair.Rtcp())];
        Mutations.Hostile(valid).Where(bytes => !valid.Any(bytes.SequenceEqual)).Sample(
            bytes =>
            {
                // Wrong keys, so that nothing is authentic whatever the mutation.
                using var stranger = new SrtpSession(pair.Keys);
                Assert.False(stranger.TryUnprotectRtp(bytes.ToArray(), out _, out _));
                Assert.False(stranger.TryUnprotectRtcp(bytes.ToArray(), out _, out _));
            },
            iter: 1_000);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ProtectingAndUnprotectingAllocateNothing(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var (rtp, rtcp) = (new byte[1300], new byte[100]);
        SrtpPair.Rtp(0, payload: 1200).CopyTo(rtp, 0);
        SrtpPair.Rtcp().CopyTo(rtcp, 0);
        ushort sequence = 0;
        Assert.Equal(0, Allocations.Of(() =>
        {
            (rtp[2], rtp[3]) = ((byte)(++sequence >> 8), (byte)sequence);
            pair.Receiver.TryUnprotectRtp(rtp.AsSpan(0, pair.Sender.ProtectRtp(rtp, 1212)), out _, out _);
            pair.Receiver.TryUnprotectRtcp(rtcp.AsSpan(0, pair.Sender.ProtectRtcp(rtcp, 24)), out _, out _);
        }));
    }
}
