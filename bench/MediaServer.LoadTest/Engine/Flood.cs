using MediaServer.LoadTest.Native;
using MediaServer.Protocol.Primitives;
using MediaServer.Protocol.Stun;

namespace MediaServer.LoadTest.Engine;

/// <summary>Who is to be impersonated by a flood.</summary>
/// <param name="Server">Where to send.</param>
/// <param name="Strangers">Addresses that belong to nobody in the call.</param>
/// <param name="Publisher">The address of a publisher.</param>
/// <param name="Packet">A packet that the publisher has sent, as it went over the wire.</param>
/// <param name="ServerUfrag">Of somebody's transport: known to all who can read signalling, worthless without the password.</param>
internal sealed record FloodTarget(TransportAddress Server, IReadOnlyList<uint> Strangers, uint Publisher, byte[] Packet, string ServerUfrag);

/// <summary>
/// Sends what a server must throw away, in equal parts: noise, STUN without or with wrong integrity, RTP from strangers, RTP of a publisher with a
/// wrong tag, and a publisher's packet again. A thread of its own, at a steady rate.
/// </summary>
internal sealed unsafe class Flood : IDisposable
{
    private const int TickMicroseconds = 1000;
    private const int Kinds = 6;
    private readonly DatagramOutbox _outbox;
    private readonly FloodTarget _target;
    private readonly int _perSecond;
    private readonly Thread _thread;
    private readonly Random _random = new(1);
    private volatile bool _stopping;
    private long _made;

    public Flood(DatagramOutbox outbox, FloodTarget target, int perSecond)
    {
        _outbox = outbox;
        _target = target;
        _perSecond = perSecond;
        _thread = new Thread(Run) { Name = "flood", IsBackground = true };
        _thread.Start();
    }

    public long Sent => _outbox.Sent;

    public void Dispose()
    {
        if (!_stopping)
        {
            _stopping = true;
            _thread.Join();
            _outbox.Dispose();
        }
    }

    private void Run()
    {
        var start = EngineClock.Now;
        while (!_stopping)
        {
            // What a late turn owes is sent as far as one tick's share allows: a flood, not a burst.
            var due = ((EngineClock.Now - start) * _perSecond / 1_000_000) - _made;
            for (var i = 0; i < Math.Min(due, 2L * _perSecond * TickMicroseconds / 1_000_000); i++)
            {
                Make();
                _made++;
            }

            _outbox.Flush();
            var tick = new Timespec { Nanoseconds = TickMicroseconds * 1000 };
            LibC.nanosleep(&tick, null);
        }
    }

    private void Make()
    {
        var buffer = _outbox.Reserve();
        var stranger = _target.Strangers[(int)(_made % _target.Strangers.Count)];
        var (source, length) = (_made % Kinds) switch
        {
            0 => (stranger, Noise(buffer)),
            1 => (stranger, Check(buffer, withIntegrity: false)),
            2 => (stranger, Check(buffer, withIntegrity: true)),
            3 => (stranger, Copy(buffer)),
            4 => (_target.Publisher, WithWrongTag(buffer)),
            _ => (_target.Publisher, Copy(buffer)),
        };
        _outbox.Commit(source, _target.Server, length);
    }

    private int Noise(Span<byte> buffer)
    {
        var length = _random.Next(1, 1200);
        _random.NextBytes(buffer[..length]);
        return length;
    }

    private int Check(Span<byte> buffer, bool withIntegrity)
    {
        Span<byte> transaction = stackalloc byte[12];
        _random.NextBytes(transaction);
        var writer = new StunWriter(buffer, StunClass.Request, StunMessage.BindingMethod, transaction);
        writer.Add(StunAttribute.Username, System.Text.Encoding.ASCII.GetBytes($"{_target.ServerUfrag}:stranger"));
        writer.Add(StunAttribute.IceControlling, 1ul);
        writer.Add(StunAttribute.Priority, 1u);
        writer.Add(StunAttribute.UseCandidate, []);
        if (withIntegrity)
        {
            writer.AddIntegrity("not the password of anybody"u8);
        }

        writer.AddFingerprint();
        return writer.Length;
    }

    private int Copy(Span<byte> buffer)
    {
        _target.Packet.CopyTo(buffer);
        return _target.Packet.Length;
    }

    /// <summary>A sequence number that has not come yet, so that the replay window lets it through to the cipher.</summary>
    private int WithWrongTag(Span<byte> buffer)
    {
        var length = Copy(buffer);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)_random.Next(ushort.MaxValue));
        buffer[length - 1] ^= 0xFF;
        return length;
    }
}
