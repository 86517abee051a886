using System.Diagnostics;
using MediaServer.Client;
using MediaServer.Protocol.Codecs;

namespace PublishFile;

/// <summary>Sends files in real time. Timestamps run on when a file starts over.</summary>
internal static class Playback
{
    private const double VideoClockRate = 90000;
    private const double AudioClockRate = 48000;

    public static async Task Video(HeadlessParticipant participant, IvfFile? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return;
        }

        // A file cannot make a key frame on request, but its first frame is one: start over when the server asks.
        var restart = 0;
        participant.KeyFrameRequested += () => Interlocked.Exchange(ref restart, 1);
        var clock = Stopwatch.StartNew();
        var start = 0.0;
        while (true)
        {
            var end = start + file.Duration;
            foreach (var frame in file.Frames)
            {
                var due = start + ((frame.Time - file.Frames[0].Time) * file.SecondsPerUnit);
                await WaitUntil(clock, due, cancellationToken);
                if (frame.Time != file.Frames[0].Time && Interlocked.Exchange(ref restart, 0) == 1)
                {
                    end = due;
                    break;
                }

                participant.SendVideoFrame(frame.Data.Span, (uint)(long)(due * VideoClockRate));
            }

            start = end;
        }
    }

    public static async Task Audio(HeadlessParticipant participant, IReadOnlyList<ReadOnlyMemory<byte>>? packets, CancellationToken cancellationToken)
    {
        if (packets is null)
        {
            return;
        }

        var clock = Stopwatch.StartNew();
        long samples = 0;
        while (true)
        {
            foreach (var packet in packets)
            {
                await WaitUntil(clock, samples / AudioClockRate, cancellationToken);
                participant.SendOpus(packet.Span, (uint)samples);
                samples += OpusToc.TryParse(packet.Span, out var toc) ? toc.Samples : 960;
            }
        }
    }

    private static Task WaitUntil(Stopwatch clock, double seconds, CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromSeconds(seconds) - clock.Elapsed;
        return wait > TimeSpan.Zero ? Task.Delay(wait, cancellationToken) : Task.CompletedTask;
    }
}
