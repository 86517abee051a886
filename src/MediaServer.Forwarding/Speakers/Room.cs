using System.Collections.Immutable;
using MediaServer.Forwarding.Commands;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Relays;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Speakers;

/// <summary>The transports that hear and see each other, as far as this shard has them, and who of all of them speaks.</summary>
internal sealed class Room
{
    private readonly RouterContext _context;
    private readonly SpeakerDetector _speakers;
    private readonly List<Publication> _audio = [];
    private bool _allocationDue;
    private bool _speakersChanged;

    public Room(RoomId id, RouterContext context)
    {
        Id = id;
        _context = context;
        _speakers = new SpeakerDetector(context.Options.SilenceTimeout);
        Voices = new VoiceBatch(this, context);
        Relay = new RoomRelay(context);
    }

    public RoomId Id { get; }

    /// <summary>The way of audio packets to the listeners.</summary>
    public VoiceBatch Voices { get; }

    /// <summary>How many publications are in somebody's audio slot, as of the last <see cref="Update"/>.</summary>
    public int HeardVoices { get; private set; }

    /// <summary>Of this shard.</summary>
    public List<PeerTransport> Members { get; } = [];

    /// <summary>The other shards that have members of this room.</summary>
    public RoomRelay Relay { get; }

    /// <summary>The audio publications that have sent something, in the order in which they came.</summary>
    public List<Publication> Audio => _audio;

    /// <summary>Loudest first, with hysteresis.</summary>
    public List<Publication> Speakers => _speakers.Speakers;

    public void Enter(PeerTransport transport)
    {
        Members.Add(transport);
        foreach (var publication in transport.Publications)
        {
            Enter(publication);
        }

        _allocationDue = true;
    }

    public void Leave(PeerTransport transport)
    {
        Members.Remove(transport);
        foreach (var publication in transport.Publications)
        {
            Leave(publication);
        }
    }

    public void Enter(Publication publication)
    {
        if (!publication.IsVideo && publication.Activity.HasPackets)
        {
            _audio.Add(publication);
            _speakersChanged |= _speakers.Add(publication);
            _allocationDue = true;
        }
    }

    public void Leave(Publication publication)
    {
        if (_audio.Remove(publication))
        {
            Relay.Forget(publication);
            Voices.Drop(publication);
            _speakersChanged |= _speakers.Remove(publication);
            _allocationDue = true;
        }
    }

    /// <summary>A gate moved, or a transport got more slots, or another shard has members now.</summary>
    public void OnAudioChanged() => _allocationDue = true;

    /// <summary>Looks who speaks, tells when that changed, and fills the audio slots accordingly.</summary>
    public void Update(MonotonicTime now)
    {
        if (_speakers.Update(_audio, now) || _speakersChanged)
        {
            _speakersChanged = false;
            _allocationDue = true;
            EmitSpeakers();
        }

        if (_allocationDue)
        {
            _allocationDue = false;
            foreach (var member in Members)
            {
                AudioAllocator.Allocate(this, member, now);
            }

            AudioAllocator.Allocate(this, Relay, now);
        }

        HeardVoices = 0;
        foreach (var publication in _audio)
        {
            HeardVoices += publication.AudioSlots.Count > 0 ? 1 : 0;
        }
    }

    private void EmitSpeakers()
    {
        // Every shard of the room knows its speakers; one tells.
        if (Id.HomeShard != _context.Shard)
        {
            return;
        }

        var count = Math.Min(Speakers.Count, _context.Options.MaxSpeakers);
        var ids = ImmutableArray.CreateBuilder<PublicationId>(count);
        for (var i = 0; i < count; i++)
        {
            ids.Add(Speakers[i].Id);
        }

        _context.Emit(new SpeakersChanged(Id, ids.MoveToImmutable()));
    }
}
