using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;
using static MediaServer.Protocol.Tests.Ice.IcePeer;

namespace MediaServer.Protocol.Tests.Ice;

/// <summary>RFC 8445 section 9 on the lite side.</summary>
public class IceRestartTests
{
    private static readonly IceCredentials NewServer = new("srv9", "new-server-password-0123");
    private static readonly IceCredentials NewBrowser = new("brw9", "new-browser-password-012");
    private readonly IcePeer _peer = new();

    public IceRestartTests()
    {
        _peer.Check(A, nominate: true);
        _peer.Agent.Restart(NewServer, NewBrowser, At(10_000));
    }

    [Fact]
    public void MediaStaysWhereItIsUntilANewCheckComes()
    {
        Assert.Equal(A, _peer.Agent.SelectedAddress);
        Assert.True(_peer.Agent.IsValidated(A));
        Assert.Equal(At(40_000), _peer.Agent.ConsentDeadline);
        Assert.Equal(NewServer, _peer.Agent.Local);
    }

    [Fact]
    public void TheOldCredentialsAreWorthNothing()
    {
        Assert.Equal(DropReason.StunUnknownUsername, _peer.Check(B, nominate: true));
        _peer.Username = "srv9:brw9";
        Assert.Equal(DropReason.StunBadIntegrity, _peer.Check(B, nominate: true));
        Assert.False(_peer.Agent.IsValidated(B));
    }

    [Fact]
    public void TheFirstAddressThatTheNewCredentialsValidateTakesOver()
    {
        UseNewCredentials();
        Assert.Equal(DropReason.None, _peer.Check(B, at: 11_000));
        _peer.Answer(StunClass.SuccessResponse);
        Assert.Equal(B, _peer.Agent.SelectedAddress);
        _peer.Check(V6, at: 11_001);
        Assert.Equal(B, _peer.Agent.SelectedAddress);
    }

    /// <summary>Both networks work: the check on the address in use ends the search, one more on another address is not a nomination.</summary>
    [Fact]
    public void AnAddressThatStillWorksIsKept()
    {
        UseNewCredentials();
        _peer.Check(A, at: 11_000);
        _peer.Check(B, at: 11_001);
        Assert.Equal(A, _peer.Agent.SelectedAddress);
        _peer.Check(B, nominate: true, at: 11_002);
        Assert.Equal(B, _peer.Agent.SelectedAddress);
    }

    private void UseNewCredentials() => (_peer.Username, _peer.Password) = ("srv9:brw9", NewServer.Password);
}
