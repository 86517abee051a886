using static MediaServer.Protocol.Tests.Ice.IcePeer;

namespace MediaServer.Protocol.Tests.Ice;

/// <summary>Connections that close under the lite agent.</summary>
public class IceForgetTests
{
    private readonly IcePeer _peer = new();

    [Fact]
    public void TheAddressThatWasHeardLastTakesOverFromTheOneInUse()
    {
        _peer.Check(V6, at: 1);
        _peer.Check(B, at: 3);
        _peer.Check(A.OverTcp(1), nominate: true, at: 2);
        _peer.Agent.Forget(A.OverTcp(1));
        Assert.Equal(B, _peer.Agent.SelectedAddress);
        Assert.False(_peer.Agent.IsValidated(A.OverTcp(1)));
        _peer.Agent.Forget(B);
        Assert.Equal(V6, _peer.Agent.SelectedAddress);
    }

    [Fact]
    public void WhatIsNotInUseGoesWithoutAnyChange()
    {
        _peer.Check(B);
        _peer.Check(A, nominate: true);
        _peer.Agent.Forget(B);
        _peer.Agent.Forget(V6);
        Assert.Equal(A, _peer.Agent.SelectedAddress);
        Assert.False(_peer.Agent.IsValidated(B));
    }

    [Fact]
    public void WithoutAnyAddressTheNextCheckIsInUseAtOnce()
    {
        _peer.Check(A, nominate: true);
        _peer.Agent.Forget(A);
        Assert.False(_peer.Agent.HasValidPair);
        _peer.Check(B);
        Assert.Equal(B, _peer.Agent.SelectedAddress);
    }

    [Fact]
    public void ForgettingDoesNotRenewConsent()
    {
        _peer.Check(A, nominate: true, at: 1000);
        _peer.Agent.Forget(A);
        Assert.Equal(At(31_000), _peer.Agent.ConsentDeadline);
    }
}
