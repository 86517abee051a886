using System.Text;
using CsCheck;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;
using MediaServer.Protocol.Tests.Harness;
using static MediaServer.Protocol.Tests.Ice.IcePeer;

namespace MediaServer.Protocol.Tests.Ice;

public class IceLiteAgentTests
{
    private readonly IcePeer _peer = new();

    public static TheoryData<string, int> Addresses => new() { { "192.0.2.1", 1000 }, { "2001:db8::3", 65535 }, { "::ffff:203.0.113.9", 1 } };

    [Theory]
    [MemberData(nameof(Addresses))]
    public void AnAuthenticatedCheckIsAnsweredWithTheAddressItCameFrom(string ip, int port)
    {
        var from = Address(ip, port);
        Assert.False(_peer.Agent.HasValidPair);
        Assert.Equal(DropReason.None, _peer.Check(from));
        Assert.True(_peer.Answer(StunClass.SuccessResponse).TryGetXorMappedAddress(out var mapped));
        Assert.Equal(from, mapped);
        Assert.True(_peer.Agent.IsValidated(from) && _peer.Agent.HasValidPair);
        Assert.Equal(from, _peer.Agent.SelectedAddress);
    }

    [Theory]
    [InlineData("srv0:brw0", "another-password-012345", DropReason.StunBadIntegrity)]
    [InlineData("srv0:brw0", "", DropReason.StunBadIntegrity)]
    [InlineData("srv1:brw0", "server-password-0123456", DropReason.StunUnknownUsername)]
    [InlineData("srv0:brw1", "server-password-0123456", DropReason.StunUnknownUsername)]
    [InlineData("brw0:srv0", "server-password-0123456", DropReason.StunUnknownUsername)]
    [InlineData("srv0", "server-password-0123456", DropReason.StunUnknownUsername)]
    [InlineData("", "server-password-0123456", DropReason.StunUnknownUsername)]
    [InlineData("srv0:brw0 ", "server-password-0123456", DropReason.StunUnknownUsername)]
    [InlineData("SRV0:BRW0", "server-password-0123456", DropReason.StunUnknownUsername)]
    public void WhoDoesNotKnowTheCredentialsGetsNoReplyAndChangesNothing(string username, string password, DropReason expected)
    {
        (_peer.Username, _peer.Password) = (username, password);
        Assert.Equal(expected, _peer.Check(A, nominate: true, at: 20_000));
        Assert.Empty(_peer.Response);
        Assert.False(_peer.Agent.IsValidated(A) || _peer.Agent.HasValidPair);
        Assert.Equal(At(IceLiteAgent.ConsentMilliseconds), _peer.Agent.ConsentDeadline);
    }

    /// <summary>An attacker who asks for a 420 or 487 gets none without the password either.</summary>
    [Theory]
    [InlineData(StunAttribute.IceControlled)]
    [InlineData((StunAttribute)0x7FFF)]
    public void ErrorsAreForAuthenticatedPeersOnly(StunAttribute attribute)
    {
        _peer.Password = "another-password-012345";
        Assert.Equal(DropReason.StunBadIntegrity, _peer.Check(A, extra: attribute));
        Assert.Empty(_peer.Response);
    }

    [Fact]
    public void WithoutIntegrityOrWithABrokenFingerprintThereIsNoReply()
    {
        var buffer = new byte[100];
        var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, TransactionId);
        writer.Add(StunAttribute.Username, "srv0:brw0"u8);
        Assert.Equal(DropReason.StunBadIntegrity, _peer.Send(A, buffer.AsSpan(0, writer.Length)));
        writer.AddIntegrity(Encoding.UTF8.GetBytes(Server.Password));
        writer.AddFingerprint();
        buffer[writer.Length - 1] ^= 1;
        Assert.Equal(DropReason.StunBadFingerprint, _peer.Send(A, buffer.AsSpan(0, writer.Length)));
        Assert.Empty(_peer.Response);
    }

    [Theory]
    [InlineData(StunClass.Indication)]
    [InlineData(StunClass.SuccessResponse)]
    [InlineData(StunClass.ErrorResponse)]
    public void OnlyRequestsAreChecks(StunClass messageClass)
    {
        Assert.Equal(DropReason.StunNotBindingRequest, _peer.Check(A, messageClass: messageClass));
        Assert.False(_peer.Agent.HasValidPair);
    }

    /// <summary>RFC 8445 section 7.3.1.1: a lite agent stays controlled; the peer has to switch.</summary>
    [Fact]
    public void APeerThatWantsToBeControlledGets487AndValidatesNothing()
    {
        Assert.Equal(DropReason.None, _peer.Check(A, nominate: true, extra: StunAttribute.IceControlled));
        Assert.Equal(487, _peer.Answer(StunClass.ErrorResponse).ErrorCode);
        Assert.False(_peer.Agent.IsValidated(A) || _peer.Agent.HasValidPair);
        Assert.Equal(DropReason.None, _peer.Check(A, nominate: true));
        _peer.Answer(StunClass.SuccessResponse);
    }

    [Theory]
    [InlineData((StunAttribute)0xC057)]
    [InlineData((StunAttribute)0xC070)]
    [InlineData((StunAttribute)0x8000)]
    [InlineData((StunAttribute)0xFFFF)]
    public void UnknownOptionalAttributesAreIgnored(StunAttribute attribute)
    {
        Assert.Equal(DropReason.None, _peer.Check(A, extra: attribute));
        _peer.Answer(StunClass.SuccessResponse);
    }

    /// <summary>RFC 8489 section 6.3.1: 420 lists all the attributes that were not understood, and nothing happens otherwise.</summary>
    [Theory]
    [InlineData(0x7FFF)]
    [InlineData(0x0002, 0x0014, 0x001A)]
    [InlineData(1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007)]
    public void UnknownRequiredAttributesAreAllNamed(params int[] unknown)
    {
        Assert.Equal(DropReason.None, _peer.Check(A, nominate: true, extra: [.. unknown.Select(u => (StunAttribute)u)]));
        var answer = _peer.Answer(StunClass.ErrorResponse);
        Assert.Equal(420, answer.ErrorCode);
        Assert.True(answer.TryGetAttribute(StunAttribute.UnknownAttributes, out var list));
        Assert.Equal(string.Concat(unknown.Select(u => u.ToString("x4"))), Bytes.Hex(list));
        Assert.False(_peer.Agent.HasValidPair);
    }

    /// <summary>However many there are, the answer fits its buffer and is not longer than the request (no amplification).</summary>
    [Fact]
    public void ALongListOfUnknownAttributesIsCut()
    {
        var buffer = new byte[1400];
        var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, TransactionId);
        writer.Add(StunAttribute.Username, "srv0:brw0"u8);
        for (var i = 0; i < 200; i++)
        {
            writer.Add((StunAttribute)(0x4000 + i), []);
        }

        writer.AddIntegrity(Encoding.UTF8.GetBytes(Server.Password));
        Assert.Equal(DropReason.None, _peer.Send(A, buffer.AsSpan(0, writer.Length)));
        Assert.Equal(420, _peer.Answer(StunClass.ErrorResponse).ErrorCode);
        Assert.InRange(_peer.Response.Length, 60, writer.Length);
    }

    [Fact]
    public void TheLatestNominationWins()
    {
        _peer.Check(A);
        _peer.Check(B);
        Assert.Equal(A, _peer.Agent.SelectedAddress);
        _peer.Check(B, nominate: true);
        Assert.Equal(B, _peer.Agent.SelectedAddress);
        _peer.Check(A);
        Assert.Equal(B, _peer.Agent.SelectedAddress);
        _peer.Check(V6, nominate: true);
        Assert.Equal(V6, _peer.Agent.SelectedAddress);
        _peer.Check(A, nominate: true);
        Assert.Equal(A, _peer.Agent.SelectedAddress);
        Assert.True(_peer.Agent.IsValidated(A) && _peer.Agent.IsValidated(B) && _peer.Agent.IsValidated(V6));
    }

    /// <summary>RFC 7675 section 5.1: 30 s from the last authenticated check.</summary>
    [Fact]
    public void ConsentRunsFromTheLastAuthenticatedCheck()
    {
        Assert.Equal(At(30_000), _peer.Agent.ConsentDeadline);
        _peer.Check(A, at: 12_000);
        Assert.Equal(At(42_000), _peer.Agent.ConsentDeadline);
        _peer.Check(A, at: 41_999, extra: StunAttribute.IceControlled);
        Assert.Equal(At(42_000), _peer.Agent.ConsentDeadline);
        _peer.Check(B, at: 41_999);
        Assert.Equal(At(71_999), _peer.Agent.ConsentDeadline);
    }

    [Fact]
    public void AddressesAreBoundedAndTheSelectedOneIsNeverForgotten()
    {
        _peer.Check(A, nominate: true);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(DropReason.None, _peer.Check(Address("198.51.100.7", 10_000 + i), at: 1 + i));
        }

        Assert.True(_peer.Agent.IsValidated(A));
        Assert.Equal(A, _peer.Agent.SelectedAddress);
        Assert.Equal(15, Enumerable.Range(0, 100).Count(i => _peer.Agent.IsValidated(Address("198.51.100.7", 10_000 + i))));
        Assert.True(_peer.Agent.IsValidated(Address("198.51.100.7", 10_099)));
    }

    [Theory]
    [InlineData("srv0:brw0", "srv0")]
    [InlineData("a:b:c", "a")]
    [InlineData(":brw0", null)]
    [InlineData("srv0", null)]
    [InlineData("", null)]
    public void TheLocalUfragIsWhatStandsBeforeTheColon(string username, string? expected)
    {
        var buffer = new byte[60];
        var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, TransactionId);
        writer.Add(StunAttribute.Username, Encoding.UTF8.GetBytes(username));
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        Assert.Equal(expected is not null, IceLiteAgent.TryReadLocalUfrag(message, out var ufrag));
        Assert.Equal(expected ?? string.Empty, Encoding.UTF8.GetString(ufrag));
    }

    [Fact]
    public void CredentialsHaveTheFormOfRfc8839()
    {
        var made = Enumerable.Range(0, 200).Select(_ => IceCredentialsFactory.Create()).ToList();
        Assert.All(made, c => Assert.Matches("^[A-Za-z0-9+/]{8}$", c.UsernameFragment));
        Assert.All(made, c => Assert.Matches("^[A-Za-z0-9+/]{24}$", c.Password));
        Assert.Equal(200, made.Select(c => c.UsernameFragment).Distinct().Count());
    }

    [Fact]
    public void DamagedChecksNeverThrowAndNeverValidate()
    {
        var valid = Array.Empty<byte>();
        var client = new IceClientAgent(Browser, Server, [A]);
        client.Start(At(0), new CapturedChecks((_, bytes) => valid = bytes));
        Assert.Equal(DropReason.None, new IcePeer().Send(B, valid));
        Mutations.Hostile(valid).Where(bytes => !bytes.AsSpan().StartsWith(valid.AsSpan(0, valid.Length - 8))).Sample(
            bytes =>
            {
                var peer = new IcePeer();
                Assert.NotEqual(DropReason.None, peer.Send(B, bytes));
                Assert.Empty(peer.Response);
                Assert.False(peer.Agent.IsValidated(B));
            },
            iter: 5_000);
    }
}
