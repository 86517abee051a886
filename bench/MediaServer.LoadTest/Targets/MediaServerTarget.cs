using System.Net;
using System.Security.Cryptography;
using MediaServer.Contracts;
using MediaServer.LoadTest.Engine;
using MediaServer.LoadTest.Signalling;
using MediaServer.OpenSsl;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Targets;

/// <summary>A call through MediaServer: the hub, one offer and answer per participant, slots.</summary>
internal sealed class MediaServerTarget(MediaServerSettings settings, TargetNetwork network, int feedbackMilliseconds, Action<Exception> onFailure) : ITarget
{
    private const string MicrophoneMid = "mic";
    private const string CameraMid = "cam";
    private const int AudioSlots = 3;
    private const int WatchedHeight = 720;
    private readonly OpenSslDtlsSessionFactory _dtls = new();
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue });
    private readonly HubTraffic _traffic = new();
    private readonly HubPinger _pinger = new();
    private MediaServerProcess? _server;
    private MediaEngine? _engine;
    private MetricsProbe? _metrics;
    private string _code = string.Empty;

    public string Name => "mediaserver";

    public string Setting => $"{settings.Shards} shard{(settings.Shards == 1 ? string.Empty : "s")}, {network.Description}";

    public int ProcessId => _server!.Id;

    public string Output => _server?.Output ?? string.Empty;

    public Uri Url => _server!.Url;

    public MediaEngine Engine => _engine!;

    public IRuntimeProbe? Runtime => _metrics;

    public async Task Start(CancellationToken cancellationToken)
    {
        _engine = new MediaEngine(network.Participants, onFailure);
        _server = await MediaServerProcess.Start(settings, network.Server, network.ServerPrefix, cancellationToken);
        _metrics = new MetricsProbe(_server.Url, _server.MetricsToken);
        await using var hub = await HubClient.Connect(_server.Url, _http, _traffic, cancellationToken);
        _code = (await hub.Call(nameof(IMeetingHub.CreateMeeting), new CreateMeetingRequest("Load test"), cancellationToken))["Code"];
    }

    public async Task<Participant> Join(Role role, CancellationToken cancellationToken)
    {
        var index = Engine.NextIndex();
        var hub = await HubClient.Connect(_server!.Url, _http, _traffic, cancellationToken);
        _pinger.Add(hub);
        var devices = new DeviceState(role.SendsAudio, role.SendsVideo, false);
        var id = (await hub.Call(nameof(IMeetingHub.Join), new JoinRequest(_code, $"Participant {index}", devices, null), cancellationToken))["ParticipantId"];

        var ice = IceCredentialsFactory.Create();
        OfferedPublication microphone = new(MicrophoneMid, MediaKind.Audio, NewSsrc(), 0);
        OfferedPublication camera = new(CameraMid, MediaKind.Video, NewSsrc(), NewSsrc());
        List<OfferedPublication> publications = [.. role.SendsAudio ? [microphone] : Array.Empty<OfferedPublication>(), .. role.SendsVideo ? [camera] : Array.Empty<OfferedPublication>()];
        var offer = Offer(role, ice, publications);
        PublicationLine[] lines = [.. publications.Select(p => new PublicationLine(p.Mid, p.Kind == MediaKind.Audio ? MediaSource.Microphone : MediaSource.Camera))];
        var reply = await hub.Call(nameof(IMeetingHub.Negotiate), new NegotiateRequest(offer, lines, Restart: true), cancellationToken);
        if (!AnswerReader.TryRead(reply["Sdp"], out var answer, out var error))
        {
            throw new IOException($"The server's answer cannot be read: {error}");
        }

        var peer = new VirtualPeer(Engine, index, Describe(ice, answer), _dtls, role.Tracked) { IsTimed = role.Timed };
        peer.Expect(role.Hears.Count > 0, role.Sees is not null);
        await Engine.Invoke(() => Engine.Add(peer));
        if (role.Sees is { } seen)
        {
            await hub.Call(nameof(IMeetingHub.ChooseSlots), new ChooseSlotsRequest([new SlotChoice("v0", seen.Id, MediaSource.Camera, WatchedHeight, 1)]), cancellationToken);
        }

        var sequence = new TransportSequence();
        return new HubParticipant(hub, _pinger, Engine)
        {
            Id = id,
            Peer = peer,
            Role = role,
            Audio = role.SendsAudio ? new RtpPacketSender(peer, Engine, microphone, new RtpLabels(MicrophoneMid, OfferBuilder.OpusPayloadType, 0, 48_000, OfferBuilder.Extensions), sequence) : null,
            Video = role.SendsVideo
                ? new RtpPacketSender(peer, Engine, camera, new RtpLabels(CameraMid, OfferBuilder.Vp8PayloadType, OfferBuilder.Vp8RtxPayloadType, 90_000, OfferBuilder.Extensions), sequence)
                : null,
        };
    }

    public IReadOnlyDictionary<string, double> Extras()
    {
        var extras = new Dictionary<string, double> { ["signallingMiBReceived"] = _traffic.Bytes / 1048576.0 };
        foreach (var (name, push) in _traffic.Pushes)
        {
            extras[$"push{name}"] = push.Count;
        }

        return extras;
    }

    public async ValueTask DisposeAsync()
    {
        await _pinger.DisposeAsync();
        if (_metrics is not null)
        {
            await _metrics.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _engine?.Dispose();
        _http.Dispose();
        _dtls.Dispose();
    }

    private PeerDescription Describe(IceCredentials ice, ServerAnswer answer) => new()
    {
        LocalIce = ice,
        RemoteIce = answer.Ice,
        RemoteFingerprint = answer.Fingerprint,
        Candidates = answer.Candidates,
        Streams = answer.SlotBySsrc.ToDictionary(s => s.Key, s => s.Value[0] == 'a' ? MediaKind.Audio : MediaKind.Video),
        TransportSequenceId = feedbackMilliseconds > 0 ? OfferBuilder.Extensions.TransportSequenceNumber : (byte)0,
        FeedbackMilliseconds = feedbackMilliseconds,
    };

    /// <summary>As a browser's: with transport-cc (draft-holmer-rmcat-transport-wide-cc-extensions-01), unless feedback is switched off.</summary>
    private string Offer(Role role, IceCredentials ice, List<OfferedPublication> publications)
    {
        string[] audioSlots = role.Hears.Count > 0 ? [.. Enumerable.Range(0, AudioSlots).Select(i => $"a{i}")] : [];
        string[] videoSlots = role.Sees is not null ? ["v0"] : [];
        var offer = OfferBuilder.Build(ice, _dtls.LocalFingerprint, publications, audioSlots, videoSlots, 1);
        if (feedbackMilliseconds == 0)
        {
            return offer;
        }

        foreach (var type in (byte[])[OfferBuilder.OpusPayloadType, OfferBuilder.Vp8PayloadType])
        {
            var line = $"a=rtcp-fb:{type} transport-cc\r\n";
            if (!offer.Contains(line, StringComparison.Ordinal))
            {
                offer = offer.Replace($"a=rtpmap:{type} ", $"{line}a=rtpmap:{type} ", StringComparison.Ordinal);
            }
        }

        return offer;
    }

    private static uint NewSsrc() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)) | 1;

    private sealed class HubParticipant(HubClient hub, HubPinger pinger, MediaEngine engine) : Participant
    {
        public override string? Lost => hub.Ended ?? (Peer.IsLost ? "media lost" : null);

        public override async ValueTask DisposeAsync()
        {
            pinger.Remove(hub);
            await engine.Invoke(() => engine.Remove(Peer));
            await hub.DisposeAsync();
        }
    }
}
