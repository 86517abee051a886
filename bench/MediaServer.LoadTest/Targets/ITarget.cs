using MediaServer.LoadTest.Engine;

namespace MediaServer.LoadTest.Targets;

/// <summary>What a participant does in the call.</summary>
/// <param name="SendsAudio">Publishes a microphone.</param>
/// <param name="SendsVideo">Publishes a camera.</param>
/// <param name="Hears">Whose microphones come in. MediaServer chooses the loudest of all itself; other servers are told.</param>
/// <param name="Sees">Whose camera comes in.</param>
/// <param name="Tracked">Decrypt and verify all that comes in.</param>
/// <param name="Timed">Its transit times count.</param>
internal sealed record Role(bool SendsAudio, bool SendsVideo, IReadOnlyList<Participant> Hears, Participant? Sees, bool Tracked, bool Timed = true)
{
    public static Role Speaker { get; } = new(true, false, [], null, false);

    public static Role Presenter { get; } = new(false, true, [], null, false);

    public static Role Receiver(IReadOnlyList<Participant> hears, Participant? sees, bool tracked = false, bool timed = true) => new(false, false, hears, sees, tracked, timed);

    public bool Receives => Hears.Count > 0 || Sees is not null;
}

/// <summary>Somebody in the call.</summary>
internal abstract class Participant : IAsyncDisposable
{
    public required string Id { get; init; }

    public required VirtualPeer Peer { get; init; }

    public required Role Role { get; init; }

    /// <summary>How to label and send the microphone; null when there is none.</summary>
    public required RtpPacketSender? Audio { get; init; }

    public required RtpPacketSender? Video { get; init; }

    /// <summary>Why the participant is out of the call, null while it is in.</summary>
    public abstract string? Lost { get; }

    public abstract ValueTask DisposeAsync();
}

/// <summary>A media server under test, a process of its own that the load test starts and ends.</summary>
internal interface ITarget : IAsyncDisposable
{
    string Name { get; }

    /// <summary>How it is set up, for the report.</summary>
    string Setting { get; }

    int ProcessId { get; }

    /// <summary>The last that the server's process has said.</summary>
    string Output { get; }

    MediaEngine Engine { get; }

    /// <summary>Starts the server and opens the call.</summary>
    Task Start(CancellationToken cancellationToken);

    /// <summary>A full join: signalling, ICE, DTLS. Returns when the answer is there; <see cref="VirtualPeer.Connected"/> tells the rest.</summary>
    Task<Participant> Join(Role role, CancellationToken cancellationToken);

    /// <summary>Pauses of the server's garbage collector, where it has one.</summary>
    IRuntimeProbe? Runtime { get; }

    /// <summary>Notes for the report: signalling traffic and the like.</summary>
    IReadOnlyDictionary<string, double> Extras();
}

/// <summary>Watches the runtime of a managed server.</summary>
internal interface IRuntimeProbe
{
    Task Begin(CancellationToken cancellationToken);

    Task<RuntimeFigures> End(CancellationToken cancellationToken);
}

/// <param name="LongestPauseMs">Of the garbage collector.</param>
/// <param name="Gen2Collections">Background and blocking ones.</param>
/// <param name="BlockingGen2Collections">Those that stop everything.</param>
/// <param name="AllocatedBytes">By the whole process.</param>
internal sealed record RuntimeFigures(double LongestPauseMs, long Gen2Collections, long BlockingGen2Collections, long AllocatedBytes);
