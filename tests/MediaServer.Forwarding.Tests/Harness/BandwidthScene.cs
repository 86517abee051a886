using System.Globalization;
using System.Text;
using MediaServer.Forwarding.Commands;

namespace MediaServer.Forwarding.Tests.Harness;

/// <summary>Some cameras, one viewer behind a bottleneck, on a virtual clock. Steps by the millisecond and keeps a line of figures each 100 ms.</summary>
internal sealed class BandwidthScene
{
    private readonly StringBuilder _trace = new();
    private long _startMs;

    public BandwidthScene(BottleneckLink link, int cameras = 1, int feedbackIntervalMs = 100, PeerShape? viewerShape = null, double uplinkLoss = 0, int uplinkDelayMs = 25)
    {
        Harness = new RouterHarness(new MediaRouterOptions());
        for (var i = 0; i < cameras; i++)
        {
            var peer = Harness.Join(1 + i, shape: new PeerShape { Simulcast = true });
            for (var layer = 0; layer < 3; layer++)
            {
                peer.Layers[layer].Timestamp = (uint)(layer + 1) * 1_000_000;
            }

            Cameras.Add(new SimulatedCamera(peer, 10 + i, 150, 500, 1500));
        }

        Viewer = new SimulatedViewer(Harness, Harness.Join(50, shape: viewerShape ?? new PeerShape { VideoSlots = Math.Max(2, cameras) }), link)
        {
            FeedbackIntervalMs = feedbackIntervalMs,
            UplinkLoss = uplinkLoss,
            UplinkDelayMs = uplinkDelayMs,
        };
        _startMs = Harness.Now.Milliseconds;
    }

    public RouterHarness Harness { get; }

    public List<SimulatedCamera> Cameras { get; } = [];

    public SimulatedViewer Viewer { get; }

    public BottleneckLink Link => Viewer.Link;

    /// <summary>Cameras send the layers that are wanted, at once.</summary>
    public bool CamerasObey { get; set; }

    public long Milliseconds => Harness.Now.Milliseconds - _startMs;

    /// <summary>Each 100 ms: time, estimate, queue, and what arrived.</summary>
    public List<Sample> Samples { get; } = [];

    public void ShowAll(int height = 720)
    {
        for (var i = 0; i < Cameras.Count; i++)
        {
            Harness.Show(Viewer.Peer, Cameras[i].Peer, height, $"v{i}");
        }
    }

    public void Run(int milliseconds)
    {
        for (var i = 0; i < milliseconds; i++)
        {
            if (Milliseconds % 10_000 == 0)
            {
                Viewer.Peer.Check();
                Cameras.ForEach(c => c.Peer.Check());
            }

            foreach (var camera in Cameras)
            {
                camera.Step(Harness.Now.Milliseconds);
            }

            Harness.Advance(1);
            Viewer.Step();
            if (CamerasObey)
            {
                foreach (var camera in Cameras.Where(c => c.Obeys))
                {
                    foreach (var wanted in Harness.Events.OfType<LayersWanted>().Where(w => w.Publication.Transport == camera.Peer.Id).ToList())
                    {
                        camera.Active = wanted.ActiveLayers;
                        Harness.Events.Remove(wanted);
                    }
                }
            }

            if (Milliseconds % 100 == 0)
            {
                Keep();
            }
        }
    }

    /// <summary>The figures as a table, for a failing test's message.</summary>
    public string Trace() => _trace.ToString();

    private void Keep()
    {
        var downlink = Harness.Router.DownlinkOf(Viewer.Peer.Id);
        var sample = new Sample(Milliseconds, downlink?.Bitrate ?? 0, Link.QueueMs(Harness.Now.Microseconds), Viewer.TakeBitrate(100));
        Samples.Add(sample);
        _trace.Append(CultureInfo.InvariantCulture, $"{sample.At,6} ms estimate {sample.Estimate / 1000,6} link {Link.Rate / 1000,6} queue {sample.QueueMs,6:F0} ms arrived {sample.Arrived / 1000,6} layers");
        for (var i = 0; i < Cameras.Count; i++)
        {
            _trace.Append(CultureInfo.InvariantCulture, $" {Viewer.Slot(i).Layer}");
        }

        _trace.Append(CultureInfo.InvariantCulture, $" ack {(downlink?.Estimator?.AcknowledgedBitrate ?? 0) / 1000} dq {(downlink?.Estimator?.QueueDelayMicroseconds ?? 0) / 1000} resp {(downlink?.Estimator?.ResponseMicroseconds ?? 0) / 1000} probes {Harness.Router.Congestion.ProbeClusters} paced {Harness.Router.Congestion.PacedPackets} drops {Harness.Router.Congestion.PacerDrops} overflow {Link.Overflows} keys {Cameras[0].KeyFrames}\n");
    }

    internal readonly record struct Sample(long At, long Estimate, double QueueMs, long Arrived);
}
