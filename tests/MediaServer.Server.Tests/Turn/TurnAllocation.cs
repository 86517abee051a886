using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MediaServer.Protocol.Stun;

namespace MediaServer.Server.Tests.Turn;

/// <summary>The first two requests of a TURN client (RFC 8656 section 7): one that is told realm and nonce, and one with credentials.</summary>
internal static class TurnAllocation
{
    private const ushort AllocateMethod = 3;
    private const StunAttribute Realm = (StunAttribute)0x0014;
    private const StunAttribute Nonce = (StunAttribute)0x0015;
    private const StunAttribute XorRelayedAddress = (StunAttribute)0x0016;
    private const StunAttribute RequestedTransport = (StunAttribute)0x0019;
    private const uint Udp = 17u << 24;

    /// <summary>0 when a relayed address was given, else the error code of the refusal.</summary>
    public static int Request(int port, string username, string password)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        socket.Connect(IPAddress.Loopback, port);
        var challenge = Exchange(socket, Build(null, null, null, null));
        Assert.True(StunMessage.TryParse(challenge, out var message, out _));
        Assert.Equal(401, message.ErrorCode);
        Assert.True(message.TryGetAttribute(Realm, out var realm));
        Assert.True(message.TryGetAttribute(Nonce, out var nonce));

        // RFC 8489 section 9.2.2: the key of long-term credentials.
#pragma warning disable CA5351
        var key = MD5.HashData(Encoding.UTF8.GetBytes($"{username}:{Encoding.UTF8.GetString(realm)}:{password}"));
#pragma warning restore CA5351
        var answer = Exchange(socket, Build(username, realm.ToArray(), nonce.ToArray(), key));
        Assert.True(StunMessage.TryParse(answer, out message, out _));
        if (message.Class == StunClass.SuccessResponse)
        {
            Assert.True(message.VerifyIntegrity(key) && message.TryGetAttribute(XorRelayedAddress, out _));
            return 0;
        }

        return message.ErrorCode;
    }

    private static byte[] Build(string? username, byte[]? realm, byte[]? nonce, byte[]? key)
    {
        var buffer = new byte[1000];
        var writer = new StunWriter(buffer, StunClass.Request, AllocateMethod, RandomNumberGenerator.GetBytes(12));
        writer.Add(RequestedTransport, Udp);
        if (key is not null)
        {
            writer.Add(StunAttribute.Username, Encoding.UTF8.GetBytes(username!));
            writer.Add(Realm, realm!);
            writer.Add(Nonce, nonce!);
            writer.AddIntegrity(key);
        }

        return buffer[..writer.Length];
    }

    private static byte[] Exchange(Socket socket, byte[] request)
    {
        socket.Send(request);
        var buffer = new byte[2000];
        return buffer[..socket.Receive(buffer)];
    }
}
