using MediaServer.Forwarding.Tests.Harness;

namespace MediaServer.Forwarding.Tests.Relays;

/// <summary>Lets peers of joined routers speak: a packet per 20 ms each.</summary>
internal sealed class Voices(JoinedRouters routers)
{
    public const int Loud = 20;
    public const int Silent = 127;

    private readonly Dictionary<TestPeer, ushort> _sequences = [];

    public static bool IsAudio(Received packet) => packet.Header.PayloadType == PeerShape.OpusType;

    /// <summary>The participants' numbers that this peer has heard since it last received.</summary>
    public static IEnumerable<int> HeardBy(TestPeer peer) => peer.Receive().Where(IsAudio).Select(p => (int)p.Csrc - 1000).Distinct().Order();

    public void Speak(int milliseconds, params (TestPeer Peer, int Level)[] voices)
    {
        for (var elapsed = 0; elapsed < milliseconds; elapsed += 20)
        {
            foreach (var (peer, level) in voices)
            {
                var sequence = _sequences[peer] = (ushort)(_sequences.GetValueOrDefault(peer, (ushort)65_500) + 1);
                peer.SendAudio(sequence, (uint)(peer.Harness.Now.Milliseconds * 48), level);
            }

            routers.Advance(20);
        }

        foreach (var peer in _sequences.Keys)
        {
            peer.Check();
        }
    }
}
