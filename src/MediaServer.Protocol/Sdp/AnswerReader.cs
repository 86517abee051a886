using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using MediaServer.Protocol.Dtls;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Sdp;

/// <summary>What a client needs to know of the server's answer.</summary>
/// <param name="Ice">The server's credentials.</param>
/// <param name="Fingerprint">Of the server's certificate.</param>
/// <param name="Candidates">UDP host candidates in the order of the answer.</param>
/// <param name="TcpCandidates">The same for passive TCP (RFC 6544).</param>
/// <param name="SlotBySsrc">The mid of each slot by its media SSRC.</param>
/// <param name="RejectedMids">Lines that the server will not serve.</param>
public sealed record ServerAnswer(
    IceCredentials Ice,
    DtlsFingerprint Fingerprint,
    IReadOnlyList<TransportAddress> Candidates,
    IReadOnlyList<TransportAddress> TcpCandidates,
    IReadOnlyDictionary<uint, string> SlotBySsrc,
    IReadOnlyList<string> RejectedMids);

/// <summary>Reads the answers that <see cref="OfferAnswerer"/> writes.</summary>
public static class AnswerReader
{
    public static bool TryRead(string sdp, [NotNullWhen(true)] out ServerAnswer? answer, out string error)
    {
        answer = null;
        if (!SdpParser.TryParse(sdp, out var session, out error))
        {
            return false;
        }

        var lead = session.Media.Find(m => m.Port != 0);
        var fingerprint = lead?.Value("fingerprint")?.Split(' ', 2);
        if (lead?.Value("ice-ufrag") is not { } ufrag || lead.Value("ice-pwd") is not { } password || fingerprint is not { Length: 2 })
        {
            error = "no accepted m-line with ICE credentials and fingerprint";
            return false;
        }

        var slots = new Dictionary<uint, string>();
        foreach (var line in session.Media.Where(m => m.Has("sendonly")))
        {
            if (uint.TryParse(line.Value("ssrc")?.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ssrc))
            {
                slots[ssrc] = line.Mid;
            }
        }

        var candidates = session.Media.SelectMany(m => m.Values("candidate")).Select(ParseCandidate).OfType<TransportAddress>().ToLookup(c => c.IsTcp);
        answer = new ServerAnswer(
            new IceCredentials(ufrag, password),
            new DtlsFingerprint(fingerprint[0], fingerprint[1]),
            [.. candidates[false]],
            [.. candidates[true]],
            slots,
            [.. session.Media.Where(m => m.Port == 0).Select(m => m.Mid)]);
        return true;
    }

    private static TransportAddress? ParseCandidate(string candidate)
    {
        var parts = candidate.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 8
            || !IPAddress.TryParse(parts[4], out var address)
            || !ushort.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        var target = TransportAddress.From(new IPEndPoint(address, port));
        return parts[2].ToUpperInvariant() switch
        {
            "UDP" => target,
            "TCP" when parts.Length >= 10 && parts[8] == "tcptype" && parts[9] == "passive" => target.OverTcp(),
            _ => null,
        };
    }
}
