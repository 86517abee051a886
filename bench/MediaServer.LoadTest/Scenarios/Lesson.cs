using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Scenarios;

/// <summary>The usual call: three speakers and a presenter, and everybody else hears all three and sees the presenter.</summary>
internal sealed class Lesson
{
    private const int Tracked = 2;
    private readonly Call _call;
    private readonly IReadOnlyList<Participant> _speakers;
    private readonly Participant _presenter;

    private Lesson(Call call, IReadOnlyList<Participant> speakers, Participant presenter)
    {
        _call = call;
        _speakers = speakers;
        _presenter = presenter;
    }

    /// <summary>Speakers and presenter.</summary>
    public const int Publishers = AudioScenario.Speakers + 1;

    public Participant Presenter => _presenter;

    public IReadOnlyList<Participant> Speakers => _speakers;

    public static async Task<Lesson> Begin(Call call, LessonMedia media, CancellationToken cancellationToken)
    {
        var speakers = await AudioScenario.AddSpeakers(call, media.AudioBytes, cancellationToken);
        return new Lesson(call, speakers, await call.AddPresenter(media.Video, cancellationToken));
    }

    /// <summary>The same publishers, with other receivers.</summary>
    public Lesson With(Call call) => new(call, _speakers, _presenter);

    /// <summary>Joins receivers of everything.</summary>
    public Task<IReadOnlyList<Participant>> AddPupils(int count, int parallel, bool timed, ProgressBar progress, CancellationToken cancellationToken) =>
        _call.AddReceivers(count, parallel, number => Role.Receiver(_speakers, _presenter, timed && number < Tracked, timed), progress, cancellationToken);
}

/// <summary>What speakers and presenter send.</summary>
internal sealed record LessonMedia(int AudioBytes, VideoShape Video);
