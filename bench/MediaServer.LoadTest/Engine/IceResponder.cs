using System.Text;
using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;

namespace MediaServer.LoadTest.Engine;

/// <summary>
/// The answering half of a full ICE agent (RFC 8445 section 7.3) that insists on being the controlling end: a peer that thinks the same is told of
/// the role conflict and gives in (section 7.3.1.1).
/// </summary>
internal sealed class IceResponder(IceCredentials local, IceCredentials remote)
{
    private readonly byte[] _username = Encoding.UTF8.GetBytes($"{local.UsernameFragment}:{remote.UsernameFragment}");
    private readonly byte[] _password = Encoding.UTF8.GetBytes(local.Password);

    /// <summary>True: the first <paramref name="length"/> bytes of <paramref name="response"/> answer the check.</summary>
    public bool TryAnswer(in TransportAddress from, ReadOnlySpan<byte> datagram, Span<byte> response, out int length)
    {
        length = 0;
        if (!StunMessage.TryParse(datagram, out var request, out _) || request.Class != StunClass.Request || request.Method != StunMessage.BindingMethod
            || !request.Username.SequenceEqual(_username) || !request.VerifyIntegrity(_password))
        {
            return false;
        }

        var conflict = request.TryGetAttribute(StunAttribute.IceControlling, out _);
        var writer = new StunWriter(response, conflict ? StunClass.ErrorResponse : StunClass.SuccessResponse, StunMessage.BindingMethod, request.TransactionId);
        if (conflict)
        {
            writer.AddErrorCode(487, "Role Conflict"u8);
        }
        else
        {
            writer.AddXorMappedAddress(from);
        }

        writer.AddIntegrity(_password);
        writer.AddFingerprint();
        length = writer.Length;
        return true;
    }
}
