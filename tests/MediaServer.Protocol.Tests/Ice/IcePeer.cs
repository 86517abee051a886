using System.Net;
using System.Text;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;

namespace MediaServer.Protocol.Tests.Ice;

/// <summary>A browser's end of the checks, towards an <see cref="IceLiteAgent"/>.</summary>
internal sealed class IcePeer
{
    public static readonly IceCredentials Server = new("srv0", "server-password-0123456");
    public static readonly IceCredentials Browser = new("brw0", "browser-password-012345");
    public static readonly TransportAddress A = Address("192.0.2.1", 1000);
    public static readonly TransportAddress B = Address("192.0.2.2", 2000);
    public static readonly TransportAddress V6 = Address("2001:db8::3", 3000);
    public static readonly byte[] TransactionId = "transaction!"u8.ToArray();
    private readonly byte[] _response = new byte[IceLiteAgent.MaxResponseLength];

    public IceLiteAgent Agent { get; } = new(Server, Browser, At(0));

    public string Username { get; set; } = "srv0:brw0";

    public string Password { get; set; } = Server.Password;

    public byte[] Response { get; private set; } = [];

    public static MonotonicTime At(long milliseconds) => MonotonicTime.FromMilliseconds(milliseconds);

    public static TransportAddress Address(string ip, int port) => TransportAddress.From(new IPEndPoint(IPAddress.Parse(ip), port));

    /// <summary>Sends a check; returns why it was dropped, <see cref="DropReason.None"/> when it was answered.</summary>
    public DropReason Check(TransportAddress from, bool nominate = false, long at = 0, StunClass messageClass = StunClass.Request, params StunAttribute[] extra)
    {
        var buffer = new byte[400];
        var writer = new StunWriter(buffer, messageClass, StunMessage.BindingMethod, TransactionId);
        writer.Add(StunAttribute.Username, Encoding.UTF8.GetBytes(Username));
        writer.Add(StunAttribute.Priority, 1u);
        if (!extra.Contains(StunAttribute.IceControlled))
        {
            writer.Add(StunAttribute.IceControlling, 1UL);
        }

        foreach (var attribute in extra)
        {
            writer.Add(attribute, 2UL);
        }

        if (nominate)
        {
            writer.Add(StunAttribute.UseCandidate, []);
        }

        writer.AddIntegrity(Encoding.UTF8.GetBytes(Password));
        writer.AddFingerprint();
        return Send(from, buffer.AsSpan(0, writer.Length), at);
    }

    public DropReason Send(TransportAddress from, ReadOnlySpan<byte> datagram, long at = 0)
    {
        Response = [];
        if (!StunMessage.TryParse(datagram, out var message, out var reason))
        {
            return reason;
        }

        var answered = Agent.OnBindingRequest(from, message, At(at), _response, out var length, out reason);
        Assert.Equal(answered, reason == DropReason.None);
        Assert.Equal(answered, length > 0);
        Response = _response[..length];
        return reason;
    }

    /// <summary>The last answer, checked as a browser checks it.</summary>
    public StunMessage Answer(StunClass expected)
    {
        Assert.True(StunMessage.TryParse(Response, out var message, out _));
        Assert.Equal((expected, StunMessage.BindingMethod), (message.Class, message.Method));
        Assert.Equal(TransactionId, message.TransactionId.ToArray());
        Assert.True(message.HasFingerprint && message.VerifyFingerprint());
        Assert.True(message.VerifyIntegrity(Encoding.UTF8.GetBytes(Agent.Local.Password)));
        return message;
    }
}
