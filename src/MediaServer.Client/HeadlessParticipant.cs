using System.Collections.Concurrent;
using System.Security.Cryptography;
using MediaServer.Contracts;
using MediaServer.OpenSsl;
using MediaServer.Protocol.Codecs;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Sdp;

namespace MediaServer.Client;

/// <summary>
/// A participant without a browser: joins through the same hub and the same offer/answer, publishes VP8 and Opus, receives slots. Comes
/// back by itself after a lost connection or a restart of the server.
/// </summary>
public sealed class HeadlessParticipant : IAsyncDisposable
{
    private const string MicrophoneMid = "mic";
    private const string CameraMid = "cam";
    private readonly HeadlessParticipantOptions _options;
    private readonly SignallingConnection _signalling;
    private readonly OpenSslDtlsSessionFactory _dtls = new();
    private readonly SemaphoreSlim _negotiating = new(1, 1);
    private readonly ConcurrentDictionary<string, Participant> _participants = new();
    private readonly ConcurrentDictionary<string, SlotState> _slots = new();
    private MediaSession? _media;
    private string? _resumeToken;
    private long _sequence;
    private bool _disposed;

    private HeadlessParticipant(HeadlessParticipantOptions options)
    {
        _options = options;
        _signalling = new SignallingConnection(options.Server);
        _signalling.OnPush<MeetingDelta>(nameof(IMeetingClient.MeetingChanged), OnMeetingChanged);
        _signalling.OnPush<SlotsUpdate>(nameof(IMeetingClient.SlotsChanged), OnSlotsChanged);
        _signalling.OnPush<TransportLostNotice>(nameof(IMeetingClient.TransportLost), notice => { _ = Recover(Negotiate); });
        _signalling.OnPush<SpeakersUpdate>(nameof(IMeetingClient.SpeakersChanged), update => SpeakersChanged?.Invoke(update.ParticipantIds));
        _signalling.OnPush<EndedNotice>(nameof(IMeetingClient.Ended), notice => Ended?.Invoke(notice.Code));
        _signalling.OnPush<LayersWantedUpdate>(nameof(IMeetingClient.LayersWanted), update => LayersWanted?.Invoke(update));
        _signalling.OnPush<QualityUpdate>(nameof(IMeetingClient.ConnectionQuality), update => Quality = update);
        _signalling.Reconnected += () => Recover(Rejoin);
    }

    /// <summary>The server wants a key frame. Raised on the network thread.</summary>
    public event Action? KeyFrameRequested;

    /// <summary>Which layers of a published source somebody wants to see. Sending on regardless does no harm but costs bandwidth.</summary>
    public event Action<LayersWantedUpdate>? LayersWanted;

    /// <summary>Who speaks now, loudest first.</summary>
    public event Action<IReadOnlyList<string>>? SpeakersChanged;

    /// <summary>This participant is out of the meeting; the code says why.</summary>
    public event Action<string>? Ended;

    public string ParticipantId { get; private set; } = string.Empty;

    public QualityUpdate? Quality { get; private set; }

    /// <summary>How many times an offer went out; 1 in an undisturbed call.</summary>
    public int Negotiations { get; private set; }

    /// <summary>Everybody in the meeting, this participant too; in a large meeting this one and those who have a device on.</summary>
    public IReadOnlyCollection<Participant> Participants => [.. _participants.Values];

    /// <summary>What fills which slot, as the server last said.</summary>
    public IReadOnlyCollection<SlotState> Slots => [.. _slots.Values];

    /// <summary>The video slots' mids, for <see cref="ChooseSlots"/>.</summary>
    public IReadOnlyList<string> VideoSlots => [.. Enumerable.Range(0, _options.VideoSlots).Select(i => $"v{i}")];

    /// <exception cref="MeetingException">The server refused.</exception>
    /// <exception cref="IOException">Media cannot reach the server.</exception>
    public static async Task<HeadlessParticipant> Join(HeadlessParticipantOptions options, CancellationToken cancellationToken)
    {
        var participant = new HeadlessParticipant(options);
        try
        {
            await participant._signalling.Start(cancellationToken);
            await participant.Enter(cancellationToken);
            await participant.Negotiate(cancellationToken);
            await participant._media!.Connected.WaitAsync(cancellationToken);
            return participant;
        }
        catch
        {
            await participant.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes one VP8 frame. <paramref name="timestamp"/> in 1/90000 s. Dropped while there is no connection.</summary>
    public void SendVideoFrame(ReadOnlySpan<byte> frame, uint timestamp) => _media?.SendVideoFrame(frame, timestamp);

    /// <summary>Publishes one Opus packet. <paramref name="timestamp"/> in 1/48000 s; <paramref name="levelDbov"/> 0 loudest to 127 silent.</summary>
    public void SendOpus(ReadOnlySpan<byte> packet, uint timestamp, byte levelDbov = 30) => _media?.SendOpus(packet, timestamp, levelDbov);

    /// <exception cref="MeetingException">A slot or participant is unknown.</exception>
    public async Task ChooseSlots(IReadOnlyList<SlotChoice> choices, CancellationToken cancellationToken) =>
        await _signalling.Call<Done>(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest(choices), cancellationToken);

    public async Task SetDevices(DeviceState devices, CancellationToken cancellationToken) =>
        await _signalling.Call<Done>(nameof(IMeetingHub.SetDeviceState), devices, cancellationToken);

    /// <summary>Gives up the media transport and opens another, as a browser does after a reload.</summary>
    public async Task NegotiateAnew(CancellationToken cancellationToken = default)
    {
        await Negotiate(cancellationToken);
        await _media!.Connected.WaitAsync(cancellationToken);
    }

    /// <summary>What has arrived so far, by slot.</summary>
    public IReadOnlyList<SlotStatistics> ReceivedSlots() => _media?.Statistics() ?? [];

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        try
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await _signalling.Call<Done>(nameof(IMeetingHub.Leave), null, soon.Token);
        }
        catch (Exception exception) when (exception is MeetingException or InvalidOperationException or OperationCanceledException or IOException)
        {
            // Not joined, or the server is gone: there is nothing to leave.
        }

        if (_media is not null)
        {
            await _media.DisposeAsync();
        }

        await _signalling.DisposeAsync();
        _dtls.Dispose();
        _negotiating.Dispose();
    }

    /// <summary>Over TCP: reads nothing more for now, as on a line that has stalled. For tests.</summary>
    internal void HoldReceiving(bool held) => _media!.HoldReceiving(held);

    private async Task Enter(CancellationToken cancellationToken)
    {
        var joined = await _signalling.Call<JoinedMeeting>(
            nameof(IMeetingHub.Join), new JoinRequest(_options.MeetingCode, _options.DisplayName, _options.Devices, _resumeToken), cancellationToken);
        _resumeToken = joined.ResumeToken;
        ParticipantId = joined.ParticipantId;
        _sequence = joined.Sequence;
        _participants.Clear();
        foreach (var participant in joined.Participants)
        {
            _participants[participant.Id] = participant;
        }

        Resumed = joined.Resumed;
    }

    /// <summary>The last join found the media transport alive.</summary>
    private bool Resumed { get; set; }

    private async Task Rejoin(CancellationToken cancellationToken)
    {
        await Enter(cancellationToken);
        if (!Resumed)
        {
            await Negotiate(cancellationToken);
        }
    }

    private async Task Recover(Func<CancellationToken, Task> how)
    {
        try
        {
            await how(CancellationToken.None);
        }
        catch (Exception exception) when (!_disposed && exception is MeetingException or InvalidOperationException or IOException)
        {
            Ended?.Invoke(exception is MeetingException refused ? refused.Code : "connection_lost");
        }
    }

    private async Task Negotiate(CancellationToken cancellationToken)
    {
        await _negotiating.WaitAsync(cancellationToken);
        try
        {
            var ice = IceCredentialsFactory.Create();
            OfferedPublication microphone = new(MicrophoneMid, MediaKind.Audio, NewSsrc(), 0);
            OfferedPublication camera = new(CameraMid, MediaKind.Video, NewSsrc(), NewSsrc());
            var offer = OfferBuilder.Build(ice, _dtls.LocalFingerprint, [microphone, camera], ["a0", "a1", "a2"], VideoSlots, 1);
            PublicationLine[] lines = [new(MicrophoneMid, MediaSource.Microphone), new(CameraMid, MediaSource.Camera)];
            var reply = await _signalling.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest(offer, lines, Restart: true), cancellationToken);
            Negotiations++;
            if (!AnswerReader.TryRead(reply.Sdp, out var answer, out var error))
            {
                throw new IOException($"The server's answer cannot be read: {error}");
            }

            if (_media is not null)
            {
                await _media.DisposeAsync();
            }

            _slots.Clear();
            _media = new MediaSession(ice, answer, _options.Tcp, _dtls, microphone, camera);
            _media.KeyFrameRequested += () => KeyFrameRequested?.Invoke();
            _media.Start();
        }
        finally
        {
            _negotiating.Release();
        }
    }

    private static uint NewSsrc() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)) | 1;

    private void OnMeetingChanged(MeetingDelta delta)
    {
        if (delta.Sequence <= _sequence)
        {
            return;
        }

        if (delta.From > _sequence)
        {
            // Something was missed: ask for a snapshot.
            _ = Recover(Rejoin);
            return;
        }

        _sequence = delta.Sequence;
        foreach (var participant in delta.Joined.Concat(delta.Updated))
        {
            _participants[participant.Id] = participant;
        }

        foreach (var id in delta.Left)
        {
            _participants.TryRemove(id, out _);
        }
    }

    private void OnSlotsChanged(SlotsUpdate update)
    {
        foreach (var slot in update.Slots)
        {
            _slots[slot.Mid] = slot;
        }
    }
}
