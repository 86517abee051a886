using MediaServer.Protocol.Ice;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Protocol.Tests.Ice;

internal sealed class CapturedChecks(Action<TransportAddress, byte[]> onCheck) : IIceOutput
{
    public void SendStun(in TransportAddress to, ReadOnlySpan<byte> message) => onCheck(to, message.ToArray());
}
