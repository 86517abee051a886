using System.Collections.Immutable;
using MediaServer.Forwarding.Publications;
using MediaServer.Forwarding.Speakers;
using MediaServer.Forwarding.Transports;
using MediaServer.Protocol.Primitives;

namespace MediaServer.Forwarding.Relays;

/// <summary>
/// The voices of one room that this shard relays to the room's other shards: chosen like those in a participant's slots, among this shard's
/// own. There they compete with the others, so that every shard comes to the same speakers.
/// </summary>
internal sealed class RoomRelay(RouterContext context) : IAudioListener
{
    private Voice[] _voices = [];

    /// <summary>Where the voices go; this shard is not among them.</summary>
    public ImmutableArray<int> Shards { get; private set; } = [];

    public int AudioSlotCount => Shards.Length == 0 ? 0 : _voices.Length;

    public Publication? HeardIn(int slot) => _voices[slot].Publication;

    /// <summary>Voices are relayed once: not on from shard to shard.</summary>
    public bool MayHear(Publication publication) => publication.Publisher is PeerTransport;

    public void Hear(int slot, Publication publication, MonotonicTime now)
    {
        var voice = _voices[slot];
        voice.End();
        voice.Publication = publication;
        foreach (var shard in Shards)
        {
            Start(voice, shard, now);
        }
    }

    /// <summary>The publication left the room.</summary>
    public void Forget(Publication publication)
    {
        foreach (var voice in _voices)
        {
            if (voice.Publication == publication)
            {
                voice.End();
            }
        }
    }

    /// <summary>Other shards have members now.</summary>
    public void SetShards(ImmutableArray<int> shards, MonotonicTime now)
    {
        if (_voices.Length == 0 && shards.Length > 0)
        {
            _voices = new Voice[context.Options.RelayedVoices];
            for (var i = 0; i < _voices.Length; i++)
            {
                _voices[i] = new Voice();
            }
        }

        Shards = shards;
        foreach (var voice in _voices)
        {
            voice.EndExcept(shards);
            foreach (var shard in shards)
            {
                Start(voice, shard, now);
            }
        }
    }

    private void Start(Voice voice, int shard, MonotonicTime now)
    {
        if (voice.Publication is { } publication && !voice.GoesTo(shard) && context.Exports.Start(publication, shard, now) is { } export)
        {
            voice.Exports.Add(export);
        }
    }

    private sealed class Voice
    {
        public Publication? Publication { get; set; }

        public List<RelayExport> Exports { get; } = [];

        public bool GoesTo(int shard) => Exports.Exists(e => e.Shard == shard);

        public void End() => EndExcept([]);

        /// <summary>With nowhere left to go the place is free.</summary>
        public void EndExcept(ImmutableArray<int> shards)
        {
            for (var i = Exports.Count - 1; i >= 0; i--)
            {
                if (!shards.Contains(Exports[i].Shard))
                {
                    Exports[i].OnEnded(closed: false);
                    Exports.RemoveAt(i);
                }
            }

            if (shards.IsEmpty)
            {
                Publication = null;
            }
        }
    }
}
