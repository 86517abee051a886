namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>
/// A simulcast camera at 30 frames a second: three layers, frames that vary in size, key frames five times as large, on request after a round trip.
/// Its layers can be switched.
/// </summary>
internal sealed class SimulatedCamera(TestPeer peer, int seed, params int[] kbps)
{
    private const int FramesPerSecond = 30;
    private const int RoundTripMs = 30;
    private const int PacketSize = 1100;
    private const double KeyFrameFactor = 5;

    private readonly Random _random = new(seed);
    private readonly long[] _keyFrameAt = [.. kbps.Select(_ => 0L)];
    private int _frame;

    public TestPeer Peer => peer;

    /// <summary>False: the router's wishes do not reach it.</summary>
    public bool Obeys { get; set; } = true;

    /// <summary>Bit n: layer n is sent.</summary>
    public int Active { get; set; } = 7;

    public int KeyFrames { get; private set; }

    public int Frames => _frame;

    /// <summary>To be called each millisecond.</summary>
    public void Step(long milliseconds)
    {
        foreach (var ssrc in peer.TakePictureLoss())
        {
            var layer = Array.FindIndex(peer.Layers, l => l.Ssrc == ssrc);
            if (_keyFrameAt[layer] == long.MaxValue)
            {
                _keyFrameAt[layer] = milliseconds + RoundTripMs;
            }
        }

        if (milliseconds * FramesPerSecond / 1000 == (milliseconds + 1) * FramesPerSecond / 1000)
        {
            return;
        }

        _frame++;
        for (var i = 0; i < kbps.Length; i++)
        {
            if ((Active & (1 << i)) == 0)
            {
                // A layer that comes back starts with a key frame.
                _keyFrameAt[i] = 0;
                continue;
            }

            var key = milliseconds >= _keyFrameAt[i];
            if (key)
            {
                _keyFrameAt[i] = long.MaxValue;
                KeyFrames++;
            }

            var bytes = kbps[i] * 125.0 / FramesPerSecond * (0.8 + (0.4 * _random.NextDouble())) * (key ? KeyFrameFactor : 1);
            var packets = Math.Max(1, (int)Math.Ceiling(bytes / PacketSize));
            foreach (var packet in peer.Layers[i].Build(key, packets, (byte)i, Math.Max(40, (int)(bytes / packets))))
            {
                peer.SendRtp(packet);
            }
        }
    }
}
