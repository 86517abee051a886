using System.Text;
using CsCheck;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;
using MediaServer.Protocol.Tests.Harness;
using static MediaServer.Protocol.Tests.Ice.IcePeer;

namespace MediaServer.Protocol.Tests.Ice;

/// <summary>The client's agent against the server's, over a network that only delays.</summary>
public class IceClientAgentTests
{
    private static readonly TransportAddress Seen = Address("203.0.113.5", 5555);
    private readonly IceLiteAgent _server = new(Server, Browser, At(0));
    private readonly IceClientAgent _client = new(Browser, Server, [A, B]);
    private readonly List<(TransportAddress To, byte[] Check)> _sent = [];
    private readonly CapturedChecks _output;

    public IceClientAgentTests() => _output = new CapturedChecks((to, check) => _sent.Add((to, check)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(150)]
    [InlineData(250)]
    [InlineData(900)]
    public void ConnectsWhateverTheRoundTrip(int roundTrip)
    {
        var connected = RunUntil(20_000, roundTrip, _ => true, () => _client.IsConnected);
        Assert.True(connected, $"not connected after 20 s with a round trip of {roundTrip} ms");
        Assert.Contains(_client.SelectedAddress, (TransportAddress[])[A, B]);
        Assert.Equal(Seen, _server.SelectedAddress);
    }

    [Fact]
    public void ADeadCandidateIsSkipped()
    {
        Assert.True(RunUntil(5_000, 20, to => to == B, () => _client.IsConnected));
        Assert.Equal(B, _client.SelectedAddress);
    }

    [Fact]
    public void ConsentIsAskedForEveryFiveSecondsAndFailsAfterThirtyOfSilence()
    {
        Assert.True(RunUntil(5_000, 20, _ => true, () => _client.IsConnected));
        _sent.Clear();
        var last = _client.NextDeadline;
        for (var i = 0; i < 20; i++)
        {
            Assert.False(_client.HasFailed(last));
            _client.OnTimeout(last, _output);
            var check = _sent.Single().Check;
            Assert.True(Answer(check, last, out var response));
            Assert.True(_client.TryReceive(_sent[0].To, response, last, _output, out _));
            _sent.Clear();
            Assert.Equal(5_000_000, _client.NextDeadline - last);
            last = _client.NextDeadline;
        }

        var silence = last.AddMilliseconds(-5_000);
        Assert.False(_client.HasFailed(silence.AddMilliseconds(29_999)));
        Assert.True(_client.HasFailed(silence.AddMilliseconds(30_000)));
    }

    [Fact]
    public void NoAnswerAtAllFailsAfterThirtySeconds()
    {
        Assert.False(RunUntil(29_999, 0, _ => false, () => false));
        Assert.False(_client.HasFailed(At(29_999)));
        Assert.True(_client.HasFailed(At(30_000)));
        Assert.InRange(_sent.Count, 100, 400);
    }

    /// <summary>RFC 8489 section 6.2.1: a repetition of one request keeps its transaction id; consent checks never do (RFC 7675 section 5.1).</summary>
    [Fact]
    public void RepetitionsKeepTheTransactionAndConsentDoesNot()
    {
        _client.Start(At(0), _output);
        _client.OnTimeout(At(200), _output);
        Assert.Equal(_sent[0].Check, _sent[2].Check);
        Assert.NotEqual(_sent[0].Check, _sent[1].Check);
        Assert.True(RunUntil(5_000, 0, _ => true, () => _client.IsConnected));
        _sent.Clear();
        _client.OnTimeout(_client.NextDeadline, _output);
        _client.OnTimeout(_client.NextDeadline, _output);
        Assert.NotEqual(_sent[0].Check, _sent[1].Check);
    }

    [Theory]
    [InlineData("another transaction")]
    [InlineData("another password")]
    [InlineData("another address")]
    [InlineData("error response")]
    [InlineData("request")]
    public void OnlyTheAnswerToACheckCounts(string forgery)
    {
        _client.Start(At(0), _output);
        Assert.True(StunMessage.TryParse(_sent[0].Check, out var check, out _));
        var buffer = new byte[200];
        var id = forgery == "another transaction" ? new byte[12] : check.TransactionId.ToArray();
        var kind = forgery switch { "error response" => StunClass.ErrorResponse, "request" => StunClass.Request, _ => StunClass.SuccessResponse };
        var writer = new StunWriter(buffer, kind, StunMessage.BindingMethod, id);
        writer.AddXorMappedAddress(Seen);
        writer.AddIntegrity(forgery == "another password" ? Encoding.UTF8.GetBytes(Browser.Password) : Encoding.UTF8.GetBytes(Server.Password));
        writer.AddFingerprint();
        var from = forgery == "another address" ? V6 : A;
        Assert.False(_client.TryReceive(from, buffer.AsSpan(0, writer.Length), At(10), _output, out var reason));
        Assert.NotEqual(DropReason.None, reason);
        Assert.True(_client.SelectedAddress.IsDefault);
    }

    [Fact]
    public void HostileAnswersNeverThrow()
    {
        _client.Start(At(0), _output);
        Assert.True(Answer(_sent[0].Check, At(0), out var valid));
        Mutations.Hostile(valid).Where(b => !b.AsSpan().StartsWith(valid.AsSpan(0, valid.Length - 8))).Sample(bytes =>
        {
            Assert.False(new IceClientAgent(Browser, Server, [A]).TryReceive(A, bytes, At(1), _output, out _));
            Assert.False(_client.TryReceive(A, bytes, At(1), _output, out var reason));
            Assert.NotEqual(DropReason.None, reason);
        });
    }

    /// <summary>Runs both machines in virtual time; true as soon as <paramref name="done"/>.</summary>
    private bool RunUntil(long limit, int roundTrip, Func<TransportAddress, bool> reaches, Func<bool> done)
    {
        var inFlight = new Queue<(long At, TransportAddress To, byte[] Check)>();
        var now = 0L;
        var taken = _sent.Count;
        if (_sent.Count == 0)
        {
            _client.Start(At(0), _output);
        }

        for (; now <= limit && !done(); now++)
        {
            _client.OnTimeout(At(now), _output);
            for (; taken < _sent.Count; taken++)
            {
                inFlight.Enqueue((now + roundTrip, _sent[taken].To, _sent[taken].Check));
            }

            while (inFlight.TryPeek(out var next) && next.At <= now)
            {
                inFlight.Dequeue();
                if (reaches(next.To) && Answer(next.Check, At(now), out var response))
                {
                    _client.TryReceive(next.To, response, At(now), _output, out _);
                }
            }
        }

        return done();
    }

    private bool Answer(byte[] check, MonotonicTime now, out byte[] response)
    {
        var buffer = new byte[IceLiteAgent.MaxResponseLength];
        Assert.True(StunMessage.TryParse(check, out var message, out _));
        Assert.True(message.HasFingerprint);
        var answered = _server.OnBindingRequest(Seen, message, now, buffer, out var length, out _);
        response = buffer[..length];
        return answered;
    }
}
