using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Tests.Congestion;

/// <summary>However many join or lose their picture: a source hears one PLI in 500 ms.</summary>
public class KeyFrameStormTests
{
    private const int Joiners = 2000;

    [Fact]
    public void TwoThousandJoinersCostAtMostOneRequestPerSourceAnd500Milliseconds()
    {
        var harness = new RouterHarness();
        var publisher = harness.Join(1, shape: new PeerShape { Simulcast = true });
        foreach (var layer in publisher.Layers)
        {
            layer.KeyFrame();
        }

        publisher.Receive();
        var requests = new List<(long At, uint Ssrc)>();
        var joiners = new List<TestPeer>();
        for (var millisecond = 0; millisecond < 3000; millisecond++)
        {
            // All within two seconds, at three tile sizes; each browser asks once more by itself.
            if (millisecond < 2000)
            {
                var joiner = harness.Join(100 + joiners.Count, shape: new PeerShape { VideoSlots = 1, AudioSlots = 1 });
                harness.Show(joiner, publisher, new[] { 180, 360, 720 }[joiners.Count % 3]);
                joiner.SendRtcp((ref RtcpWriter w) => w.AddPli(1, joiner.SlotSsrc()));
                joiners.Add(joiner);
            }

            // A publisher that never answers with a key frame is asked most often.
            if (millisecond % 33 == 0)
            {
                foreach (var layer in publisher.Layers)
                {
                    layer.Frame();
                }
            }

            Collect();
            harness.Advance(1);
            Collect();
        }

        Assert.Equal(Joiners, joiners.Count);
        foreach (var source in publisher.Layers)
        {
            var times = requests.Where(r => r.Ssrc == source.Ssrc).Select(r => r.At).ToList();
            Assert.InRange(times.Count, 4, 7);
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 500, $"asked at {pair.First} and {pair.Second}"));
        }

        // And one key frame serves them all.
        joiners.ForEach(j => harness.Egress.Take(j.Address));
        foreach (var layer in publisher.Layers)
        {
            layer.KeyFrame();
        }

        Assert.DoesNotContain(joiners, j => j.ReceiveVideo() is var received && (received.Count == 0 || !received.All(p => p.Vp8.IsKeyFrame)));

        void Collect() => requests.AddRange(publisher.TakePictureLoss().Select(ssrc => (harness.Now.Milliseconds, ssrc)));
    }
}
