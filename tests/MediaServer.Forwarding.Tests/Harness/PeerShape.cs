using System.Collections.Immutable;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>What a test peer negotiates: mic, camera (with or without simulcast), audio and video slots.</summary>
internal sealed record PeerShape
{
    public const byte OpusType = 111;

    public bool Simulcast { get; init; }

    public int AudioSlots { get; init; } = 3;

    public int VideoSlots { get; init; } = 2;

    public byte Vp8Type { get; init; } = 96;

    public byte? RtxType { get; init; } = 97;

    public bool AudioLevel { get; init; } = true;

    public bool SignalSsrcs { get; init; } = true;

    /// <summary>Instead of VP8.</summary>
    public NegotiatedCodec? VideoCodec { get; init; }

    public HeaderExtensionIds Extensions { get; init; } = new(Mid: 4, Rid: 10, RepairedRid: 11, AudioLevel: 1, TransportSequenceNumber: 3, VideoOrientation: 13);

    public string UfragSuffix { get; init; } = "";

    public IceCredentials LocalIce(int id) => new($"server{id}{UfragSuffix}", $"server-password-of-{id:D8}{UfragSuffix}");

    public IceCredentials RemoteIce(int id) => new($"peer{id}{UfragSuffix}", $"peer-password-of-{id:D8}{UfragSuffix}");

    public NegotiatedTransport Negotiate(int id)
    {
        var seed = (uint)id * 1000;
        var opus = ImmutableArray.Create(new NegotiatedCodec(MediaCodec.Opus, OpusType, null, 48_000, "minptime=10"));
        var video = ImmutableArray.Create(VideoCodec ?? new NegotiatedCodec(MediaCodec.Vp8, Vp8Type, RtxType, 90_000, ""));
        var extensions = AudioLevel ? Extensions : Extensions with { AudioLevel = 0 };
        var media = ImmutableArray.CreateBuilder<NegotiatedMedia>();
        media.Add(new NegotiatedMedia("mic", MediaKind.Audio, MediaFlow.Receive, opus, extensions, [], SignalSsrcs ? [seed + 1] : [], [], 0, 0));
        media.Add(new NegotiatedMedia(
            "camera", MediaKind.Video, MediaFlow.Receive, video, extensions, Simulcast ? ["q", "h", "f"] : [],
            !Simulcast && SignalSsrcs ? [seed + 2] : [], !Simulcast && SignalSsrcs && RtxType is not null ? [seed + 3] : [], 0, 0));
        for (var i = 0u; i < AudioSlots; i++)
        {
            media.Add(new NegotiatedMedia($"a{i}", MediaKind.Audio, MediaFlow.Send, opus, extensions, [], [], [], seed + 100 + i, 0));
        }

        for (var i = 0u; i < VideoSlots; i++)
        {
            media.Add(new NegotiatedMedia(
                $"v{i}", MediaKind.Video, MediaFlow.Send, video, extensions, [], [], [], seed + 200 + i, RtxType is null ? 0 : seed + 300 + i));
        }

        return new NegotiatedTransport(LocalIce(id), RemoteIce(id), DtlsRole.Server, new DtlsFingerprint("sha-256", "BB"), media.ToImmutable());
    }
}
