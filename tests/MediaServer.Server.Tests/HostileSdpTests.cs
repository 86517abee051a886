using MediaServer.Contracts;

namespace MediaServer.Server.Tests;

/// <summary>Offers that no browser makes: an answer or a refusal with a code, and the call goes on.</summary>
public sealed class HostileSdpTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int CallsPerConnection = 50;
    private static readonly string[] Codes = [ErrorCodes.SdpInvalid, ErrorCodes.SdpUnsupported, ErrorCodes.InvalidArgument];

    [Fact]
    public async Task Offers_without_sense_are_refused()
    {
        var valid = SdpOffers.Valid();
        string[] offers =
        [
            "", "\r\n\r\n", "v=0", "v=1\r\n", "\0\0\0\0", "null", "{}", "<sdp/>", new string('a', 5000), new string('\n', 5000),
            valid.Replace("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 ZZ:", StringComparison.Ordinal),
            Without(valid, "a=fingerprint"), Without(valid, "a=ice-ufrag"), Without(valid, "a=ice-pwd"), Without(valid, "a=mid"),
            Without(valid, "m="),
            valid.Replace("UDP/TLS/RTP/SAVPF", "RTP/AVP", StringComparison.Ordinal),
        ];
        await using var caller = await Caller.Join(shared, CallsPerConnection);
        for (var i = 0; i < offers.Length; i++)
        {
            var result = await caller.Negotiate(offers[i]);
            Assert.True(result.Error is not null && Codes.Contains(result.Error.Code), $"offer {i}: {result.Error?.Code ?? "answered"}");
        }

        Assert.Null((await caller.Negotiate(valid)).Error);
        await shared.AssertWell();
    }

    [Fact]
    public async Task Offers_out_of_all_proportion_are_refused_or_cut()
    {
        var valid = SdpOffers.Valid();
        var lines = valid[valid.IndexOf("m=video", StringComparison.Ordinal)..];
        string[] offers =
        [
            valid + string.Concat(Enumerable.Repeat(lines, 200)),
            valid + string.Concat(Enumerable.Range(0, 4000).Select(i => $"a=ssrc:{i} cname:x\r\n")),
            valid + string.Concat(Enumerable.Range(0, 4000).Select(i => $"a=rid:{i} send\r\n")) + "a=simulcast:send " + string.Join(';', Enumerable.Range(0, 4000)) + "\r\n",
            valid + string.Concat(Enumerable.Range(0, 4000).Select(i => $"a=extmap:{i} urn:x:{i}\r\n")),
            valid.Replace("BUNDLE", "BUNDLE " + string.Join(' ', Enumerable.Range(0, 20_000)), StringComparison.Ordinal),
            valid.Replace("a=ice-ufrag:", "a=ice-ufrag:" + new string('u', 100_000), StringComparison.Ordinal),
        ];
        await using var caller = await Caller.Join(shared, CallsPerConnection);
        foreach (var offer in offers)
        {
            var result = await caller.Negotiate(offer);
            Assert.True(result.Error is null || Codes.Contains(result.Error.Code), result.Error?.Code);
            Assert.InRange(result.Value?.Sdp.Length ?? 0, 0, 200_000);
        }

        Assert.Null((await caller.Negotiate(valid)).Error);
        await shared.AssertWell();
    }

    /// <summary>Seeded, so that a failure can be repeated.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Mutated_offers_of_a_browser_are_answered_or_refused(int seed)
    {
        var random = new Random(seed);
        await using var caller = await Caller.Join(shared, CallsPerConnection);
        for (var i = 0; i < 100; i++)
        {
            var offer = Mutate(i % 2 == 0 ? SdpOffers.OfChromium() : SdpOffers.Valid(), random);
            var result = await caller.Negotiate(offer, restart: random.Next(3) > 0);
            Assert.True(result.Error is null || Codes.Contains(result.Error.Code), $"{result.Error?.Code}, mutation {i} of seed {seed}:\n{offer}");
        }

        Assert.Null((await caller.Negotiate(SdpOffers.Valid())).Error);
        await shared.AssertWell();
    }

    private static string Without(string sdp, string prefix) =>
        string.Join("\r\n", sdp.Split("\r\n").Where(line => !line.StartsWith(prefix, StringComparison.Ordinal)));

    private static string Mutate(string sdp, Random random)
    {
        var lines = sdp.Split("\r\n").ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(lines.Count);
            var line = lines[at];
            switch (random.Next(7))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(random.Next(lines.Count), line);
                    break;
                case 2:
                    lines[at] = line[..random.Next(line.Length + 1)];
                    break;
                case 3:
                    lines[at] = new string([.. line.Select(c => random.Next(6) == 0 ? (char)random.Next(1, 300) : c)]);
                    break;
                case 4:
                    lines[at] = System.Text.RegularExpressions.Regex.Replace(line, @"\d+", _ => $"{random.NextInt64(-5, long.MaxValue)}");
                    break;
                case 5:
                    (lines[at], lines[0]) = (lines[0], lines[at]);
                    break;
                default:
                    lines[at] = line.Replace("send", "recv", StringComparison.Ordinal).Replace(' ', random.Next(2) == 0 ? '\t' : ':');
                    break;
            }
        }

        return string.Join("\r\n", lines);
    }

    /// <summary>One participant who comes back on a new connection before its budget of calls is spent.</summary>
    private sealed class Caller(SharedServer shared, string code, int callsPerConnection) : IAsyncDisposable
    {
        private HubClient? _hub;
        private string? _token;
        private int _calls;

        public static async Task<Caller> Join(SharedServer shared, int callsPerConnection) =>
            new(shared, await HubClient.CreateMeeting(shared.Url), callsPerConnection);

        public async Task<HubResult<NegotiateReply>> Negotiate(string sdp, bool restart = true)
        {
            if (_hub is null || _calls++ == callsPerConnection)
            {
                await DisposeAsync();
                _hub = await HubClient.Connect(shared.Url);
                _token = (await _hub.Join(code, "Anna", _token)).Value!.ResumeToken;
                _calls = 0;
            }

            return await _hub.Call<NegotiateReply>(nameof(IMeetingHub.Negotiate), new NegotiateRequest(sdp, [], restart));
        }

        public ValueTask DisposeAsync() => _hub?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
