using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Tests.Harness;

namespace MediaServer.Forwarding.Tests.Relays;

/// <summary>
/// The same meeting twice: on joined routers, and on one router alone, which is the model. Participants have a number; it says on which of
/// the joined routers they are.
/// </summary>
internal sealed class TwoWorlds(int shards, int seed)
{
    private readonly World _joined = new(new JoinedRouters(shards, seed, maxMessageDelay: 15, maxRecordDelay: 25), number => number % shards);
    private readonly World _model = new(new JoinedRouters(1), _ => 0);

    public ICollection<int> Present => _model.Peers.Keys;

    public JoinedRouters Joined => _joined.Routers;

    public void Join(int number, long room) => Both(w => w.Join(number, room));

    public void Leave(int number, bool byPeer) => Both(w => w.Leave(number, byPeer));

    public void Move(int number, long room) => Both(w => w.Apply(number, new MoveTransport(w.IdOf(number), new RoomId(room))));

    public void SetGate(int number, string mid, bool open) => Both(w => w.Apply(number, new SetGate(new PublicationId(w.IdOf(number), mid), open)));

    public void Assign(int subscriber, string slot, int? publisher) => Both(w => w.Apply(
        subscriber, new AssignSlot(w.IdOf(subscriber), slot, publisher is { } p ? new PublicationId(w.IdOf(p), "camera") : null, 720, 0)));

    public void Advance(int milliseconds) => Both(w => w.Routers.Advance(milliseconds));

    /// <summary>Lets everybody send a picture and some speak; both worlds must show and play the same to everybody, and say so.</summary>
    public void Compare(int[] speakers, string context)
    {
        Both(w => w.Settle());
        Both(w => w.SendPictures());
        Assert.Equal(_model.Pictures(), _joined.Pictures());
        Assert.True(_model.Announced().SequenceEqual(_joined.Announced()), $"what fills the slots is told alike ({context})");
        Both(w => w.Speak(speakers));
        Assert.Equal(_model.Heard(), _joined.Heard());
    }

    private void Both(Action<World> action)
    {
        action(_joined);
        action(_model);
    }

    private sealed class World(JoinedRouters routers, Func<int, int> shardOf)
    {
        private readonly Voices _voices = new(routers);
        private readonly Dictionary<(TransportId, string), PublicationId?> _filled = [];

        public JoinedRouters Routers => routers;

        public SortedDictionary<int, TestPeer> Peers { get; } = [];

        public TransportId IdOf(int number) => TransportId.On(shardOf(number), number);

        public void Join(int number, long room) => Peers[number] = routers[shardOf(number)].Join(number, room);

        public void Leave(int number, bool byPeer)
        {
            if (byPeer)
            {
                Peers[number].Send([.. FakeDtlsFactory.CloseNotify]);
            }
            else
            {
                Apply(number, new CloseTransport(IdOf(number)));
            }

            Peers.Remove(number);
        }

        public void Apply(int number, MediaCommand command) => routers[shardOf(number)].Apply(command);

        /// <summary>Messages have come, and nobody counts as a speaker any more.</summary>
        public void Settle()
        {
            foreach (var peer in Peers.Values)
            {
                peer.Check();
            }

            routers.Advance(1500);
            Discard();
        }

        public void SendPictures()
        {
            for (var round = 0; round < 2; round++)
            {
                Discard();
                foreach (var (number, peer) in Peers)
                {
                    peer.Camera.KeyFrame(mark: (byte)number);
                }

                routers.Advance(60);
            }
        }

        public void Speak(int[] numbers)
        {
            (TestPeer, int)[] voices = [.. numbers.Select(n => (Peers[n], Voices.Loud))];
            _voices.Speak(500, voices);
            Discard();
            _voices.Speak(100, voices);
        }

        public List<string> Pictures() =>
            [.. Peers.SelectMany(p => p.Value.Receive().Where(r => !Voices.IsAudio(r)).Select(r => $"{p.Key} sees {r.Mark} in {r.Ssrc % 1000}")).Order()];

        public List<string> Heard() => [.. Peers.SelectMany(p => Voices.HeardBy(p.Value).Select(n => $"{p.Key} hears {n}")).Order()];

        public List<string> Announced()
        {
            foreach (var filled in routers.Take<SlotFilled>())
            {
                _filled[(filled.Subscriber, filled.SlotMid)] = filled.Publication;
            }

            return
            [
                .. from slot in _filled
                   where slot.Key.Item2[0] == 'v' && slot.Value is not null && Peers.ContainsKey(Number(slot.Key.Item1))
                   let line = $"{Number(slot.Key.Item1)} {slot.Key.Item2} {Number(slot.Value!.Value.Transport)}"
                   orderby line
                   select line,
            ];
        }

        private static int Number(TransportId id) => (int)(id.Value & 0xFFFF_FFFF);

        private void Discard()
        {
            foreach (var peer in Peers.Values)
            {
                peer.Receive();
            }
        }
    }
}
