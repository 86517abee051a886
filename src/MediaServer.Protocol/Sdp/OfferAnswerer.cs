using System.Collections.Immutable;
using System.Globalization;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;

namespace MediaServer.Protocol.Sdp;

/// <summary>
/// Answers offers as an ICE-lite, DTLS-passive server with one BUNDLE group (RFC 9429 section 5.3, RFC 8843). What the offerer sends becomes a
/// publication; what it only receives becomes a slot with fixed SSRCs.
/// </summary>
public static class OfferAnswerer
{
    /// <summary>Far more than the layers of one m-line have.</summary>
    private const int MaxRemoteSsrcs = 16;

    /// <param name="offer">The offer.</param>
    /// <param name="policy">What this side brings along.</param>
    /// <param name="previous">The transport of the last offer/answer of the same peer connection: its slots keep their SSRCs.</param>
    public static OfferAnswerResult Answer(string offer, AnswerPolicy policy, NegotiatedTransport? previous)
    {
        if (!SdpParser.TryParse(offer, out var session, out var error))
        {
            return OfferAnswerResult.Invalid($"The offer is not a session description: {error}.");
        }

        if (session.Media.Any(m => !IsMid(m.Mid)) || session.Media.Select(m => m.Mid).Distinct().Count() != session.Media.Count)
        {
            return OfferAnswerResult.Invalid("Each m-line needs an a=mid of its own, a word of at most 16 ASCII characters.");
        }

        var bundle = session.Values("group").Select(g => g.Split(' ')).FirstOrDefault(g => g[0] == "BUNDLE")?.Skip(1).ToHashSet() ?? [];
        if (bundle.Count == 0)
        {
            return OfferAnswerResult.Unsupported("The offer has no BUNDLE group.");
        }

        var lead = session.Media.FirstOrDefault(m => bundle.Contains(m.Mid) && !IsRejected(m));
        if (lead is null)
        {
            return OfferAnswerResult.Unsupported("No m-line of the BUNDLE group is in use.");
        }

        if (session.Media.Any(m => IsUsable(m, bundle) && !m.Has("rtcp-mux")))
        {
            return OfferAnswerResult.Unsupported("a=rtcp-mux is needed.");
        }

        if (ReadRemote(session, lead, out var remoteIce, out var fingerprint) is { } refusal)
        {
            return refusal;
        }

        var media = NegotiateMedia(session, bundle, policy, previous);
        if (media.All(m => m.Codecs.IsEmpty))
        {
            return OfferAnswerResult.Unsupported("No codec in common: Opus, VP8 and H.264 (packetization-mode 1) are spoken here.");
        }

        var localIce = previous is not null && previous.RemoteIce.UsernameFragment == remoteIce!.UsernameFragment ? previous.LocalIce : policy.LocalIce;
        var transport = new NegotiatedTransport(localIce, remoteIce!, DtlsRole.Server, fingerprint!, media);
        return new OfferAnswerResult(AnswerWriter.Write(session, transport, policy), transport, null, null);
    }

    /// <summary>Port 0 rejects, unless a=bundle-only says otherwise (RFC 8843 section 6).</summary>
    internal static bool IsRejected(SdpMedia media) => media.Port == 0 && !media.Has("bundle-only");

    private static OfferAnswerResult? ReadRemote(SdpSession session, SdpMedia lead, out IceCredentials? ice, out DtlsFingerprint? fingerprint)
    {
        ice = null;
        fingerprint = null;
        var ufrag = lead.Value("ice-ufrag") ?? session.Value("ice-ufrag");
        var password = lead.Value("ice-pwd") ?? session.Value("ice-pwd");
        if (ufrag is null || password is null || ufrag.Length is < 4 or > 256 || password.Length is < 22 or > 256)
        {
            return OfferAnswerResult.Invalid("a=ice-ufrag (4-256 characters) and a=ice-pwd (22-256 characters) are needed.");
        }

        var parts = (lead.Value("fingerprint") ?? session.Value("fingerprint"))?.Split(' ', 2);
        if (parts is not { Length: 2 })
        {
            return OfferAnswerResult.Invalid("a=fingerprint is needed.");
        }

        var algorithm = parts[0].ToLowerInvariant();
        var value = parts[1].Trim().ToUpperInvariant();
        var hashLength = algorithm switch { "sha-256" => 32, "sha-384" => 48, "sha-512" => 64, _ => 0 };
        if (hashLength == 0)
        {
            return OfferAnswerResult.Unsupported("The fingerprint's hash must be sha-256, sha-384 or sha-512.");
        }

        if (!IsHash(value, hashLength))
        {
            return OfferAnswerResult.Invalid($"A fingerprint of {algorithm} has {hashLength} bytes in hexadecimal with colons between them.");
        }

        if ((lead.Value("setup") ?? session.Value("setup")) is "passive" or "holdconn")
        {
            return OfferAnswerResult.Unsupported("a=setup must be actpass or active: this side waits for the ClientHello.");
        }

        ice = new IceCredentials(ufrag, password);
        fingerprint = new DtlsFingerprint(algorithm, value);
        return null;
    }

    private static ImmutableArray<NegotiatedMedia> NegotiateMedia(SdpSession session, HashSet<string> bundle, AnswerPolicy policy, NegotiatedTransport? previous)
    {
        var media = ImmutableArray.CreateBuilder<NegotiatedMedia>(session.Media.Count);
        var slots = new Dictionary<MediaKind, int> { [MediaKind.Audio] = policy.MaxAudioSlots, [MediaKind.Video] = policy.MaxVideoSlots };
        foreach (var line in session.Media)
        {
            var kind = line.Kind == "audio" ? MediaKind.Audio : MediaKind.Video;
            var flow = FlowOf(line);
            var codecs = IsUsable(line, bundle) ? SdpCodecs.Read(line) : [];
            if (codecs.IsEmpty || (flow == MediaFlow.Send && slots[kind]-- <= 0))
            {
                media.Add(new NegotiatedMedia(line.Mid, kind, MediaFlow.Inactive, [], new HeaderExtensionIds(), [], [], [], 0, 0));
                continue;
            }

            var extensions = HeaderExtensionUris.Read(line, flow);
            media.Add(flow switch
            {
                MediaFlow.Receive => Publication(line, kind, codecs, extensions),
                MediaFlow.Send => Slot(line, kind, codecs, extensions, policy, previous),
                _ => new NegotiatedMedia(line.Mid, kind, MediaFlow.Inactive, codecs, extensions, [], [], [], 0, 0),
            });
        }

        return media.ToImmutable();
    }

    /// <summary>Sound or pictures over DTLS-SRTP on the one transport. Any other line is rejected (RFC 8843 section 7.3.3, RFC 9429 section 5.3.1).</summary>
    private static bool IsUsable(SdpMedia line, HashSet<string> bundle) =>
        line.Kind is "audio" or "video" && line.Protocol.EndsWith("RTP/SAVPF", StringComparison.Ordinal) && bundle.Contains(line.Mid) && !IsRejected(line);

    private static MediaFlow FlowOf(SdpMedia line) =>
        line.Has("inactive") ? MediaFlow.Inactive : line.Has("recvonly") ? MediaFlow.Send : MediaFlow.Receive;

    /// <summary>A token (RFC 5888 section 4) that fits a one-byte header extension.</summary>
    private static bool IsMid(string mid) => mid.Length is > 0 and <= 16 && mid.All(c => c is > ' ' and <= '~');

    /// <summary>RFC 8122 section 5.</summary>
    private static bool IsHash(string value, int bytes) =>
        value.Length == (bytes * 3) - 1 && value.Index().All(c => c.Index % 3 == 2 ? c.Item == ':' : char.IsAsciiHexDigit(c.Item));

    private static NegotiatedMedia Publication(SdpMedia line, MediaKind kind, ImmutableArray<NegotiatedCodec> codecs, HeaderExtensionIds extensions)
    {
        var rids = SimulcastRids(line);
        var repaired = new Dictionary<uint, uint>();
        foreach (var group in line.Values("ssrc-group").Select(g => g.Split(' ')).Where(g => g is ["FID", _, _]))
        {
            repaired.TryAdd(ParseSsrc(group[1]), ParseSsrc(group[2]));
        }

        var repairs = repaired.Values.ToHashSet();
        var ssrcs = line.Values("ssrc").Select(v => ParseSsrc(v.Split(' ')[0])).Where(s => s != 0 && !repairs.Contains(s)).Distinct().Take(MaxRemoteSsrcs).ToImmutableArray();
        var rtx = ssrcs.Select(s => repaired.GetValueOrDefault(s)).ToImmutableArray();
        return new NegotiatedMedia(line.Mid, kind, MediaFlow.Receive, codecs, extensions, rids, ssrcs, rtx, 0, 0);
    }

    private static NegotiatedMedia Slot(SdpMedia line, MediaKind kind, ImmutableArray<NegotiatedCodec> codecs, HeaderExtensionIds extensions, AnswerPolicy policy, NegotiatedTransport? previous)
    {
        var old = previous?.Media.FirstOrDefault(m => m.Mid == line.Mid && m.Kind == kind && m.Flow == MediaFlow.Send);
        var ssrc = old?.SlotSsrc ?? policy.NextSsrc();
        var rtx = kind == MediaKind.Audio ? 0 : old?.SlotRtxSsrc ?? policy.NextSsrc();
        return new NegotiatedMedia(line.Mid, kind, MediaFlow.Send, codecs, extensions, [], [], [], ssrc, rtx);
    }

    /// <summary>
    /// "a=simulcast:send q;h;f" with alternatives cut to the first and pause marks dropped (RFC 8853 section 5.1), as long as each has an
    /// a=rid line; at most three.
    /// </summary>
    private static ImmutableArray<string> SimulcastRids(SdpMedia line)
    {
        const int mostLayers = 3;
        var parts = line.Value("simulcast")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var send = Array.IndexOf(parts, "send");
        if (line.Kind != "video" || send < 0 || send + 1 >= parts.Length)
        {
            return [];
        }

        var declared = line.Values("rid").Select(r => r.Split(' ')).Where(r => r.Length >= 2 && r[1] == "send").Select(r => r[0]).ToHashSet();
        var rids = parts[send + 1].Split(';').Select(r => r.Split(',')[0].TrimStart('~')).Where(declared.Contains).Distinct().Take(mostLayers).ToImmutableArray();
        return rids.Length > 1 ? rids : [];
    }

    private static uint ParseSsrc(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ssrc) ? ssrc : 0;
}
