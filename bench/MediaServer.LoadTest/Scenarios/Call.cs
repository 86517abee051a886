using System.Collections.Concurrent;
using System.Diagnostics;
using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Reporting;
using MediaServer.LoadTest.Targets;

namespace MediaServer.LoadTest.Scenarios;

/// <summary>The participants of one call, and how long each took to join.</summary>
internal sealed class Call(ITarget target) : IAsyncDisposable
{
    private static readonly TimeSpan MediaPatience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentBag<Participant> _participants = [];
    private readonly ConcurrentBag<double> _joinMilliseconds = [];
    private readonly List<IMediaSource> _sources = [];
    private ushort _publication;

    public IReadOnlyList<Participant> Participants => [.. _participants];

    public double JoinSecondsTotal { get; private set; }

    /// <summary>Joins somebody whose microphone sends at once. <paramref name="phase"/> in microseconds: when within 20 ms its packets go.</summary>
    public async Task<Participant> AddSpeaker(int payloadBytes, long phase, CancellationToken cancellationToken)
    {
        var speaker = await Connect(Role.Speaker, cancellationToken);
        var source = new AudioSource(speaker.Audio!, _publication++, payloadBytes, EngineClock.Now.AddMicroseconds(phase));
        await Publish(speaker, source, source);
        return speaker;
    }

    /// <summary>Joins somebody whose camera sends at once.</summary>
    public async Task<Participant> AddPresenter(VideoShape shape, CancellationToken cancellationToken)
    {
        var presenter = await Connect(Role.Presenter, cancellationToken);
        var source = new VideoSource(target.Engine, presenter.Video!, shape, _publication++, EngineClock.Now);
        await Publish(presenter, source, source);
        return presenter;
    }

    /// <summary>Joins <paramref name="count"/> receivers, at most <paramref name="parallel"/> at a time; returns when all receive what they should.</summary>
    public async Task<IReadOnlyList<Participant>> AddReceivers(int count, int parallel, Func<int, Role> roleOf, ProgressBar progress, CancellationToken cancellationToken)
    {
        using var gate = new SemaphoreSlim(parallel);
        var started = Stopwatch.StartNew();
        var ready = 0;
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var joins = Enumerable.Range(0, count).Select(async number =>
        {
            await gate.WaitAsync(abort.Token);
            try
            {
                var joined = await AddReceiver(roleOf(number), abort.Token);
                progress.Report("joining", Interlocked.Increment(ref ready), count);
                return joined;
            }
            catch
            {
                // The first failure says why; thousands of others would say it again.
                await abort.CancelAsync();
                throw;
            }
            finally
            {
                gate.Release();
            }
        }).ToList();
        try
        {
            var joined = await Task.WhenAll(joins);
            JoinSecondsTotal = started.Elapsed.TotalSeconds;
            return joined;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw joins.FirstOrDefault(j => j.IsFaulted)?.Exception?.InnerException ?? new IOException("A participant could not join.");
        }
    }

    /// <summary>Fills in the joins.</summary>
    public ScenarioResult WithJoins(ScenarioResult result)
    {
        var sorted = _joinMilliseconds.Order().ToList();
        return result with { JoinMsP50 = Quantiles.Of(sorted, 0.5), JoinMsP99 = Quantiles.Of(sorted, 0.99), JoinSecondsTotal = JoinSecondsTotal };
    }

    public async ValueTask DisposeAsync()
    {
        await target.Engine.Invoke(() =>
        {
            foreach (var source in _sources)
            {
                target.Engine.Remove(source);
            }
        });
        foreach (var participant in _participants)
        {
            await participant.DisposeAsync();
        }
    }

    private async Task<Participant> AddReceiver(Role role, CancellationToken cancellationToken)
    {
        var start = EngineClock.Now;
        var participant = await target.Join(role, cancellationToken);
        _participants.Add(participant);
        await participant.Peer.Connected.WaitAsync(MediaPatience, cancellationToken);
        var receiving = role.Receives ? await participant.Peer.Receiving.WaitAsync(MediaPatience, cancellationToken) : EngineClock.Now;
        _joinMilliseconds.Add((receiving - start) / 1000.0);
        return participant;
    }

    private async Task<Participant> Connect(Role role, CancellationToken cancellationToken)
    {
        var participant = await target.Join(role, cancellationToken);
        _participants.Add(participant);
        await participant.Peer.Connected.WaitAsync(MediaPatience, cancellationToken);
        return participant;
    }

    private async Task Publish(Participant participant, IMediaSource source, IRtpPublication publication)
    {
        _sources.Add(source);
        await target.Engine.Invoke(() =>
        {
            participant.Peer.Publish(publication);
            target.Engine.Add(source);
        });
    }
}
