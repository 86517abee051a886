using CsCheck;
using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Rtcp;

namespace MediaServer.Forwarding.Tests;

/// <summary>Nothing that arrives may throw; whatever comes, an honest packet afterwards is still forwarded.</summary>
public class FuzzTests
{
    private static readonly Gen<byte[]> AnyBytes = Gen.Byte.Array[0, 200];

    [Fact]
    public void RandomDatagrams() => Gen.Select(AnyBytes, Gen.Byte).Sample(
        (bytes, first) =>
        {
            var (harness, publisher, subscriber) = Call();
            if (bytes.Length > 0)
            {
                bytes[0] = first;
            }

            publisher.Send(bytes);
            StillWorks(harness, publisher, subscriber);
        },
        iter: 300);

    [Fact]
    public void AuthenticatedGarbage() => Gen.Select(AnyBytes, Gen.Bool, Gen.Byte.Array[12]).Sample(
        (bytes, isRtcp, header) =>
        {
            var (harness, publisher, subscriber) = Call();
            byte[] packet = [.. header, .. bytes];
            packet[0] = (byte)(0x80 | (packet[0] & 0x3F));
            if (isRtcp)
            {
                packet[1] = (byte)(200 + (packet[1] % 8));
                publisher.Send(publisher.ProtectRtcp(packet));
                subscriber.Send(subscriber.ProtectRtcp(packet));
            }
            else if (Protocol.Rtp.RtpHeader.TryParse(packet, out _, out _))
            {
                publisher.SendRtp(packet);
            }

            harness.Advance(1100);
            StillWorks(harness, publisher, subscriber);
        },
        iter: 300);

    [Fact]
    public void MutatedPackets() => Gen.Select(Gen.Int[0, 6], Gen.Int[0, 100], Gen.Byte, Gen.Int[0, 40]).Sample(
        (kind, position, value, cut) =>
        {
            var (harness, publisher, subscriber) = Call();
            var packet = kind switch
            {
                0 => publisher.Camera.Build(key: true)[0],
                1 => publisher.Camera.Build()[0],
                2 => publisher.Camera.BuildPadding(),
                3 => publisher.Camera.Retransmission(publisher.Camera.Build()[0], 1003, 1),
                4 => Rtcp((ref RtcpWriter w) => w.AddSenderReport(publisher.Camera.Ssrc, 1, 1, 1, 1, [default, default])),
                5 => Rtcp((ref RtcpWriter w) => w.AddNack(1, subscriber.SlotSsrc(), [1, 2, 30_000])),
                _ => Rtcp((ref RtcpWriter w) => w.AddFir(1, subscriber.SlotSsrc(), 1)),
            };
            Array.Resize(ref packet, Math.Max(12, packet.Length - cut));

            // A jump of an authenticated sequence number moves the replay window: later packets are replays, and rightly dropped.
            var mutated = position % packet.Length;
            packet[mutated is 2 or 3 && kind < 4 ? 4 : mutated] ^= value;
            packet[0] = (byte)(0x80 | (packet[0] & 0x3F));
            if (kind >= 4)
            {
                publisher.Send(publisher.ProtectRtcp(packet));
                subscriber.Send(subscriber.ProtectRtcp(packet));
            }
            else if (Protocol.Rtp.RtpHeader.TryParse(packet, out _, out _))
            {
                publisher.SendRtp(packet);
            }

            StillWorks(harness, publisher, subscriber);
        },
        iter: 500);

    [Fact]
    public void CommandsInAnyOrder() => Gen.Select(Gen.Int[0, 6], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[1, 2]).List[0, 60].Sample(
        commands =>
        {
            var harness = new RouterHarness();
            var peers = new Dictionary<int, TestPeer>();
            foreach (var (kind, a, b, room) in commands)
            {
                var publication = new PublicationId(new TransportId(b), "camera");
                switch (kind)
                {
                    case 0:
                        peers[a] = harness.Join(a, room);
                        break;
                    case 1:
                        harness.Apply(new CloseTransport(new TransportId(a)));
                        break;
                    case 2:
                        harness.Apply(new MoveTransport(new TransportId(a), new RoomId(room)));
                        break;
                    case 3:
                        harness.Apply(new AssignSlot(new TransportId(a), room == 1 ? "v0" : "v1", a == b ? null : publication, b * 200, 0));
                        break;
                    case 4:
                        harness.Apply(new SetGate(publication, room == 1));
                        break;
                    case 5:
                        harness.Apply(new UpdateTransport(new TransportId(a), new PeerShape { VideoSlots = b, AudioSlots = room }.Negotiate(a)));
                        break;
                    default:
                        harness.Advance(150);
                        break;
                }

                foreach (var peer in peers.Values)
                {
                    peer.Camera.KeyFrame();
                }
            }

            Assert.InRange((harness.Router.NextDeadline - harness.Now), 0, long.MaxValue);
        },
        iter: 200);

    private static byte[] Rtcp(WriteRtcp write)
    {
        var buffer = new byte[500];
        var writer = new RtcpWriter(buffer);
        write(ref writer);
        return buffer[..writer.Length];
    }

    private static (RouterHarness Harness, TestPeer Publisher, TestPeer Subscriber) Call()
    {
        var harness = new RouterHarness();
        var publisher = harness.Join(1);
        var subscriber = harness.Join(2);
        harness.Show(subscriber, publisher);
        publisher.Camera.KeyFrame();
        Assert.Single(subscriber.ReceiveVideo());
        return (harness, publisher, subscriber);
    }

    private static void StillWorks(RouterHarness harness, TestPeer publisher, TestPeer subscriber)
    {
        harness.Advance(1000);
        subscriber.Receive();
        publisher.Camera.KeyFrame();
        Assert.Equal(0, harness.Router.Dropped(DropReason.None));
        Assert.Contains(subscriber.ReceiveVideo(), p => p.Payload.Length > 0);
    }
}
