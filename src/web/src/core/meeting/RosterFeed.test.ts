import { describe, expect, it } from 'vitest';
import type { MeetingDelta, Participant } from '../contracts';
import { RosterFeed } from './RosterFeed';

const person = (id: string): Participant => ({
  id,
  number: 1,
  displayName: id,
  devices: { microphone: true, camera: true, screen: false },
  connected: true,
  joinedAt: '2026-01-01T00:00:00Z',
});
const joins = (sequence: number, id: string): MeetingDelta => ({
  from: sequence - 1,
  sequence,
  participantCount: 2,
  rosterComplete: true,
  joined: [person(id)],
  updated: [],
  left: [],
});
const snapshot = (sequence: number, ...ids: string[]) => ({
  sequence,
  participants: ids.map(person),
  rosterComplete: true,
  meeting: { code: 'abc-defg-hjk', title: '', participantCount: ids.length },
});
const ids = (feed: RosterFeed) => [...feed.roster.keys()];

function feedWith(sequence: number, ...people: string[]): RosterFeed {
  const feed = new RosterFeed();
  feed.expectSnapshot();
  feed.onSnapshot(snapshot(sequence, ...people));
  return feed;
}

describe('RosterFeed', () => {
  it('applies deltas that count on', () => {
    const feed = feedWith(5, 'a');
    expect(feed.onDelta(joins(6, 'b'))?.joined.map((p) => p.id)).toEqual(['b']);
    expect(ids(feed)).toEqual(['a', 'b']);
  });

  it('drops what it has seen', () => {
    const feed = feedWith(5, 'a');
    expect(feed.onDelta(joins(5, 'b'))).toBeNull();
    expect(feed.onDelta(joins(6, 'b'))).not.toBeNull();
    expect(feed.onDelta(joins(6, 'c'))).toBeNull();
    expect(ids(feed)).toEqual(['a', 'b']);
  });

  it('keeps deltas that overtake the snapshot of a first join', () => {
    const feed = new RosterFeed();
    feed.expectSnapshot();
    expect(feed.onDelta(joins(1, 'a'))).toBeNull();
    expect(feed.onDelta(joins(2, 'b'))).toBeNull();
    const changes = feed.onSnapshot(snapshot(1, 'a'));
    expect(changes.flatMap((c) => c.joined.map((p) => p.id))).toEqual(['b']);
    expect(ids(feed)).toEqual(['a', 'b']);
  });

  it('keeps them also after a restart of the server, whose numbers begin anew', () => {
    const feed = feedWith(40, 'a', 'b');
    feed.expectSnapshot();
    feed.onDelta(joins(2, 'b'));
    feed.onSnapshot(snapshot(1, 'a'));
    expect(ids(feed)).toEqual(['a', 'b']);
  });

  it('goes on from its old state when the join has failed', () => {
    const feed = feedWith(5, 'a');
    feed.expectSnapshot();
    feed.noSnapshot();
    expect(feed.onDelta(joins(6, 'b'))).not.toBeNull();
  });

  it('notices that a delta was missed', () => {
    const feed = feedWith(5, 'a');
    expect(feed.onDelta({ ...joins(9, 'b'), from: 7 })?.gap).toBe(true);
    expect(feed.onDelta(joins(10, 'c'))?.gap).toBe(false);
  });

  it('takes people who come into view in a large meeting, and asks anew when everybody is told of again', () => {
    const feed = feedWith(5, 'a');
    const large = {
      ...joins(6, 'x'),
      joined: [],
      updated: [person('z')],
      participantCount: 300,
      rosterComplete: false,
    };
    expect(feed.onDelta(large)?.gap).toBe(false);
    expect([ids(feed), feed.count, feed.complete]).toEqual([['a', 'z'], 300, false]);
    expect(feed.onDelta(joins(7, 'b'))?.gap).toBe(true);
  });
});
