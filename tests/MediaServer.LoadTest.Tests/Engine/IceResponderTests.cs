using MediaServer.LoadTest.Engine;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;

namespace MediaServer.LoadTest.Tests.Engine;

public sealed class IceResponderTests
{
    private static readonly IceCredentials Here = new("here", "a password of twenty-two");
    private static readonly IceCredentials There = new("there", "another password of many");
    private static readonly TransportAddress From = TransportAddress.FromIPv4(0xC6120001, 4000);
    private readonly IceResponder _responder = new(Here, There);
    private readonly byte[] _response = new byte[200];

    [Fact]
    public void A_check_of_the_controlled_end_is_answered_with_its_address()
    {
        Assert.True(_responder.TryAnswer(From, Check(StunAttribute.IceControlled, "here:there", Here.Password), _response, out var length));
        Assert.True(StunMessage.TryParse(_response.AsSpan(0, length), out var answer, out _));
        Assert.Equal(StunClass.SuccessResponse, answer.Class);
        Assert.True(answer.TryGetXorMappedAddress(out var mapped));
        Assert.Equal(From, mapped);
        Assert.True(answer.VerifyIntegrity(System.Text.Encoding.UTF8.GetBytes(Here.Password)));
    }

    [Fact]
    public void Who_wants_to_control_too_is_told_of_the_conflict()
    {
        Assert.True(_responder.TryAnswer(From, Check(StunAttribute.IceControlling, "here:there", Here.Password), _response, out var length));
        Assert.True(StunMessage.TryParse(_response.AsSpan(0, length), out var answer, out _));
        Assert.Equal(487, answer.ErrorCode);
    }

    [Theory]
    [InlineData("there:here", "a password of twenty-two")]
    [InlineData("here:there", "a wrong password")]
    public void Strangers_get_nothing(string username, string password) =>
        Assert.False(_responder.TryAnswer(From, Check(StunAttribute.IceControlled, username, password), _response, out _));

    private static byte[] Check(StunAttribute role, string username, string password)
    {
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, new byte[12]);
        writer.Add(StunAttribute.Username, System.Text.Encoding.UTF8.GetBytes(username));
        writer.Add(role, 1ul);
        writer.AddIntegrity(System.Text.Encoding.UTF8.GetBytes(password));
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }
}
