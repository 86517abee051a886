using System.Collections.Immutable;
using System.Globalization;

namespace MediaServer.Meetings.Participants;

/// <summary>Some of the people of a meeting, and whether they are all.</summary>
public sealed record RosterView(ImmutableArray<ParticipantState> Participants, bool IsComplete);

/// <summary>A part of the sorted list; <paramref name="Total"/> counts all that match.</summary>
public sealed record RosterPage(ImmutableArray<ParticipantState> Participants, int Offset, int Total);

/// <summary>
/// Who is in the meeting. Everybody is told of everybody as long as there are few; once there have been more than <see cref="CompleteLimit"/>,
/// people are told only of those who can be seen or heard, and page through the rest: otherwise 2000 joins would be 4 million messages.
/// </summary>
public sealed class Roster
{
    public const int CompleteLimit = 200;
    public const int MaxPage = 100;

    private readonly Dictionary<ParticipantId, Entry> _entries = [];
    private readonly SortedDictionary<uint, ParticipantState> _byNumber = [];
    private readonly SortedDictionary<uint, ParticipantState> _prominent = [];
    private ParticipantState[]? _sorted;

    public int Count => _entries.Count;

    /// <summary>Stays false until the meeting is empty, lest it flip at the limit.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Everybody, in the order of joining.</summary>
    public IEnumerable<ParticipantState> All => _byNumber.Values;

    public bool HasNumber(uint number) => _byNumber.ContainsKey(number);

    /// <summary>Whether a change is told to everybody at once.</summary>
    public bool IsAnnounced(ParticipantState state) => IsComplete || state.IsProminent;

    public void Set(ParticipantState state)
    {
        var key = _entries.TryGetValue(state.Id, out var known) && known.State.DisplayName == state.DisplayName
            ? known.SurnameKey
            : SurnameOrder.KeyOf(state.DisplayName);
        _entries[state.Id] = new Entry(state, key);
        _byNumber[state.Number] = state;
        if (state.IsProminent)
        {
            _prominent[state.Number] = state;
        }
        else
        {
            _prominent.Remove(state.Number);
        }

        IsComplete &= _entries.Count <= CompleteLimit;
        _sorted = null;
    }

    public void Remove(ParticipantState state)
    {
        _entries.Remove(state.Id);
        _byNumber.Remove(state.Number);
        _prominent.Remove(state.Number);
        IsComplete |= _entries.Count == 0;
        _sorted = null;
    }

    /// <summary>What <paramref name="self"/> is told on joining: everybody, or itself and those who can be seen or heard.</summary>
    public RosterView ViewFor(ParticipantId self)
    {
        if (IsComplete)
        {
            return new RosterView([.. _byNumber.Values], true);
        }

        var seen = _prominent.Values.Where(s => s.Id != self).Take(CompleteLimit);
        return new RosterView(_entries.TryGetValue(self, out var own) ? [own.State, .. seen] : [.. seen], false);
    }

    /// <summary>A page of the list by surname. <paramref name="query"/> null or empty matches everybody.</summary>
    public RosterPage Page(string? query, int offset, int limit)
    {
        _sorted ??= [.. _entries.Values.OrderBy(e => e.SurnameKey, Comparer<SortKey>.Create(SortKey.Compare)).ThenBy(e => e.State.Number).Select(e => e.State)];
        var matching = string.IsNullOrWhiteSpace(query) ? _sorted : [.. _sorted.Where(s => SurnameOrder.Matches(s.DisplayName, query.Trim()))];
        offset = Math.Clamp(offset, 0, matching.Length);
        var end = Math.Min(matching.Length, offset + Math.Clamp(limit, 1, MaxPage));
        return new RosterPage([.. matching[offset..end]], offset, matching.Length);
    }

    private readonly record struct Entry(ParticipantState State, SortKey SurnameKey);
}
