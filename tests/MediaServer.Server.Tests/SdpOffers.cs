using MediaServer.Contracts;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Server.Tests;

/// <summary>A valid offer, and what a client must not make of it.</summary>
internal static class SdpOffers
{
    public const string Microphone = "mic";
    public const string Camera = "cam";
    public const string VideoSlot = "v0";

    public static readonly PublicationLine[] Publications = [new(Microphone, MediaSource.Microphone), new(Camera, MediaSource.Camera)];

    public static readonly PublicationLine[][] WrongPublications =
    [
        [new("nothing", MediaSource.Camera)],
        [new(Microphone, MediaSource.Camera)],
        [new(Camera, MediaSource.ScreenAudio)],
        [new(VideoSlot, MediaSource.Camera)],
        [new(Camera, MediaSource.Camera), new(Camera, MediaSource.Camera)],
        [new(Camera, MediaSource.Camera), new(Camera, MediaSource.Screen)],
        [new(Microphone, MediaSource.ScreenAudio), new(Microphone, MediaSource.Microphone)],
    ];

    public static string Valid() => OfferBuilder.Build(
        IceCredentialsFactory.Create(),
        new DtlsFingerprint("sha-256", string.Join(':', Enumerable.Repeat("AB", 32))),
        [new OfferedPublication(Microphone, MediaKind.Audio, 11, 0), new OfferedPublication(Camera, MediaKind.Video, 12, 13)],
        ["a0"],
        [VideoSlot],
        version: 1);

    /// <summary>What Chromium offers in a call of this client; see tests/vectors/README.md.</summary>
    public static string OfChromium()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "MediaServer.sln")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return File.ReadAllText(Path.Combine(directory, "tests/vectors/sdp/chromium-call.sdp")).ReplaceLineEndings("\r\n");
    }
}
