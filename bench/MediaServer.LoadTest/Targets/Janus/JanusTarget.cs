using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MediaServer.LoadTest.Engine;
using MediaServer.OpenSsl;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Sdp;

namespace MediaServer.LoadTest.Targets.Janus;

/// <summary>A call through a room of Janus' videoroom plugin: a handle per publisher, and one subscription with several streams per receiver.</summary>
internal sealed class JanusTarget(TargetNetwork network, string version, Action<Exception> onFailure) : ITarget
{
    private const int Room = 1;
    private const long BitrateCap = 10_000_000;
    private readonly OpenSslDtlsSessionFactory _dtls = new();
    private JanusProcess? _janus;
    private JanusSession? _session;
    private MediaEngine? _engine;

    public string Name => "janus";

    public string Setting => $"{version}, {JanusConfiguration.Description}, {network.Description}";

    public int ProcessId => _janus!.Id;

    public string Output => _janus?.Output ?? string.Empty;

    public MediaEngine Engine => _engine!;

    public IRuntimeProbe? Runtime => null;

    public async Task Start(CancellationToken cancellationToken)
    {
        _engine = new MediaEngine(network.Participants, onFailure);
        _janus = await JanusProcess.Start(network, cancellationToken);
        _session = await JanusSession.Open(_janus.Url, cancellationToken);
        var handle = await _session.Attach(cancellationToken);
        await _session.Message(handle, new JsonObject
        {
            ["request"] = "create",
            ["room"] = Room,
            ["publishers"] = 100,
            ["bitrate"] = BitrateCap,
            ["fir_freq"] = 0,
            ["audiocodec"] = "opus",
            ["videocodec"] = "vp8",
            ["audiolevel_ext"] = true,
            ["audiolevel_event"] = false,
            ["videoorient_ext"] = false,
            ["playoutdelay_ext"] = false,
            ["transport_wide_cc_ext"] = false,
            ["notify_joining"] = false,
        }, null, cancellationToken);
    }

    public async Task<Participant> Join(Role role, CancellationToken cancellationToken)
    {
        if (role.Receives && (role.SendsAudio || role.SendsVideo))
        {
            throw new InvalidOperationException("In Janus' videoroom who sends and who receives are different connections.");
        }

        var handle = await _session!.Attach(cancellationToken);
        return role.Receives ? await Subscribe(handle, role, cancellationToken) : await Publish(handle, role, cancellationToken);
    }

    public IReadOnlyDictionary<string, double> Extras() => new Dictionary<string, double> { ["hangups"] = _session?.Hangups ?? 0 };

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
        {
            await _session.DisposeAsync();
        }

        if (_janus is not null)
        {
            await _janus.DisposeAsync();
        }

        _engine?.Dispose();
        _dtls.Dispose();
    }

    private async Task<Participant> Publish(long handle, Role role, CancellationToken cancellationToken)
    {
        var index = Engine.NextIndex();
        var ice = IceCredentialsFactory.Create();
        OfferedPublication microphone = new("0", MediaKind.Audio, NewSsrc(), 0);
        OfferedPublication camera = new(role.SendsAudio ? "1" : "0", MediaKind.Video, NewSsrc(), NewSsrc());
        List<OfferedPublication> publications = [.. role.SendsAudio ? [microphone] : Array.Empty<OfferedPublication>(), .. role.SendsVideo ? [camera] : Array.Empty<OfferedPublication>()];
        var reply = await _session!.Message(
            handle,
            new JsonObject { ["request"] = "joinandconfigure", ["ptype"] = "publisher", ["room"] = Room, ["id"] = index + 1, ["display"] = $"Participant {index}" },
            JanusDescriptions.Offer(ice, _dtls.LocalFingerprint, Engine.EndPointOf(index), publications),
            cancellationToken);
        var answer = Parse(reply);
        var peer = await Connect(index, ice, answer, role);
        var sequence = new TransportSequence();
        RtpPacketSender Sender(OfferedPublication publication, byte payloadType, byte rtx, int clockRate, string kind) =>
            new(peer, Engine, publication, new RtpLabels(publication.Mid, payloadType, rtx, clockRate, JanusDescriptions.Accepted(answer, kind)), sequence);
        return new HandleParticipant(Engine)
        {
            Id = (index + 1).ToString(CultureInfo.InvariantCulture),
            Peer = peer,
            Role = role,
            Audio = role.SendsAudio ? Sender(microphone, OfferBuilder.OpusPayloadType, 0, 48_000, "audio") : null,
            Video = role.SendsVideo ? Sender(camera, OfferBuilder.Vp8PayloadType, OfferBuilder.Vp8RtxPayloadType, 90_000, "video") : null,
        };
    }

    private async Task<Participant> Subscribe(long handle, Role role, CancellationToken cancellationToken)
    {
        var index = Engine.NextIndex();
        var ice = IceCredentialsFactory.Create();
        JsonArray streams = [.. role.Hears.Append(role.Sees).OfType<Participant>().Select(p => new JsonObject { ["feed"] = long.Parse(p.Id, CultureInfo.InvariantCulture) })];
        var offered = await _session!.Message(
            handle, new JsonObject { ["request"] = "join", ["ptype"] = "subscriber", ["room"] = Room, ["streams"] = streams }, null, cancellationToken);
        var offer = Parse(offered);
        var peer = await Connect(index, ice, offer, role);
        var answer = JanusDescriptions.Answer(offer, ice, _dtls.LocalFingerprint, Engine.EndPointOf(index));
        await _session.Message(handle, new JsonObject { ["request"] = "start" }, answer, cancellationToken);
        return new HandleParticipant(Engine) { Id = handle.ToString(CultureInfo.InvariantCulture), Peer = peer, Role = role, Audio = null, Video = null };
    }

    /// <summary>Checks may come before Janus has the answer: they are repeated until it has.</summary>
    private async Task<VirtualPeer> Connect(int index, IceCredentials ice, SdpSession remote, Role role)
    {
        if (!AnswerReader.TryRead(SdpWriter.Write(remote, 1), out var transport, out var error))
        {
            throw new JanusException($"Janus' description cannot be read: {error}");
        }

        var peer = new VirtualPeer(
            Engine,
            index,
            new PeerDescription
            {
                LocalIce = ice,
                RemoteIce = transport.Ice,
                RemoteFingerprint = transport.Fingerprint,
                RemoteIsLite = false,
                Candidates = [.. transport.Candidates.Distinct()],
                Streams = JanusDescriptions.Streams(remote),
            },
            _dtls,
            role.Tracked)
        { IsTimed = role.Timed };
        peer.Expect(role.Hears.Count > 0, role.Sees is not null);
        await Engine.Invoke(() => Engine.Add(peer));
        return peer;
    }

    private static SdpSession Parse(JsonObject message)
    {
        var error = "there is none";
        if (message["jsep"]?["sdp"]?.GetValue<string>() is not { } sdp || !SdpParser.TryParse(sdp, out var session, out error))
        {
            throw new JanusException($"Janus' session description cannot be read: {error}: {message.ToJsonString()}");
        }

        JanusDescriptions.SpreadSessionAttributes(session);
        return session;
    }

    private static uint NewSsrc() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)) | 1;

    private sealed class HandleParticipant(MediaEngine engine) : Participant
    {
        public override string? Lost => Peer.IsLost ? "media lost" : null;

        public override async ValueTask DisposeAsync() => await engine.Invoke(() => engine.Remove(Peer));
    }
}
