using MediaServer.Client;
using MediaServer.Contracts;
using PublishFile;

// Publishes a VP8 and an Opus file into a meeting, over and over, until Ctrl+C. See README.md.
if (Arguments.TryParse(args) is not { } arguments)
{
    Console.Error.WriteLine("usage: PublishFile --server URL --meeting CODE [--video FILE.ivf] [--audio FILE.ogg] [--name NAME]");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

try
{
    var video = arguments.Video is null ? null : IvfFile.Read(arguments.Video);
    var audio = arguments.Audio is null ? null : OggOpusFile.Read(arguments.Audio);
    await using var participant = await HeadlessParticipant.Join(
        new HeadlessParticipantOptions
        {
            Server = arguments.Server,
            MeetingCode = arguments.Meeting,
            DisplayName = arguments.Name,
            Devices = new DeviceState(Microphone: audio is not null, Camera: video is not null, Screen: false),
        },
        stop.Token);
    participant.Ended += code =>
    {
        Console.Error.WriteLine($"The meeting is over for this participant: {code}");
        stop.Cancel();
    };
    Console.WriteLine($"Publishing as {arguments.Name}. Ctrl+C ends.");
    await Task.WhenAll(Playback.Video(participant, video, stop.Token), Playback.Audio(participant, audio, stop.Token));
    return 0;
}
catch (OperationCanceledException)
{
    return 0;
}
catch (Exception exception) when (exception is MeetingException or IOException or HttpRequestException or InvalidDataException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
